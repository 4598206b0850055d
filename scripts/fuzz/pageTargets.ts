import { parseIceAnswer } from '../../src/app/iceAnswer.ts'
import { defaultConfig, parseConfig } from '../../src/app/config.ts'
import { invitationText, readLink } from '../../src/app/byHand/handText.ts'
import { roomLink, roomOf } from '../../src/app/roomLink.ts'
import { base64UrlFromBytes, bytesEqual, bytesFromBase64Url } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { assert } from '../../src/shared/result.ts'
import { peerjsOwn, signalIn } from '../../src/signaling/brokerWords.ts'
import { packed } from './linkTargets.ts'
import {
  accepted,
  acceptedUnlessNull,
  bytesTarget,
  isSameJson,
  jsonOf,
  refused,
  textTarget,
} from './target.ts'

const turn = { urls: ['turn:turn.example:3478?transport=udp', 'stun:a'], username: 'u', credential: 'c' }
const configs = [
  defaultConfig,
  {},
  {
    signaling: [{ type: 'peerjs', host: 'b.example', port: 9000, path: '/x', secure: false }],
    iceServers: [turn],
  },
  { iceServersUrl: 'https://turn.example/lend?k=v', relayOnly: true },
  { iceServersUrl: 'turn-credentials', relayOnly: 'yes' },
  {
    signaling: [
      { type: 'mqtt', url: 'wss://user:a%20b@b.example:8084/mqtt?x' },
      { type: 'mqtt', url: 'ws://[::1]' },
    ],
  },
  { uploadLimitKBps: 0.5, pageUrl: 'https://user.example/a b?c#d', signaling: [], iceServers: [] },
]

const config = textTarget(
  'config',
  configs.map((one) => JSON.stringify(one)),
  (text) => {
    const value = jsonOf(text)
    if (value === undefined) return refused('no JSON')
    const { config: read, faults, unreadable } = parseConfig(value)
    if (unreadable !== null) return refused(unreadable)
    assert(read.signaling.length <= limits.brokersMax, 'there are not too many brokers')
    for (const one of read.signaling)
      assert(one.type === 'peerjs' || /^wss?:[^#]*$/.test(one.url), 'a broker is spoken to by WebSocket')
    assert(read.iceServers.length <= limits.iceServersMax, 'there are not too many ICE servers')
    assert(!/^http:/i.test(read.iceServersUrl ?? ''), 'nobody else is asked for servers in clear')
    assert(read.pageUrl === null || /^https?:[^#]*$/.test(read.pageUrl), 'the page has an address')
    const again = parseConfig(JSON.parse(JSON.stringify(read)))
    assert(
      isSameJson(again, { config: read, faults: [], unreadable: null }),
      'written out, it reads the same',
    )
    return accepted({ read, faults: faults.map((fault) => ({ type: fault.replaceAll(/\d+/g, 'n') })) })
  },
)

const lent = [
  { iceServers: [turn], ttl: 600 },
  { iceServers: turn },
  [turn, { urls: 'stun:a' }],
  { username: '1:u', password: 'c', ttl: '86400', uris: ['turn:a?transport=udp', 'turns:b'] },
]

const iceAnswer = textTarget(
  'iceAnswer',
  lent.map((one) => JSON.stringify(one)),
  (text) => {
    const answer = parseIceAnswer(text)
    if (!answer.ok) return refused(answer.fault)
    const { servers, lifeMs } = answer.value
    assert(servers.length > 0, 'there is a server')
    assert(lifeMs >= limits.iceLifeMinMs && lifeMs <= limits.iceLifeMaxMs, 'it is asked again in time')
    assert(parseConfig({ iceServers: servers.slice(0, 1) }).faults.length === 0, 'a browser takes it')
    return accepted({ servers })
  },
)

const secret = 'AAECAwQFBgcICQoLDA0ODw'

const link = `https://page.example/#${secret}`
const handed = packed
  ? base64UrlFromBytes(Uint8Array.of(1, ...new Uint8Array(8 + 32 + 32).fill(7), ...packed))
  : ''

const handText = textTarget(
  'handText',
  [
    `${link}.${handed}`,
    `Come:\n${link}.${handed.slice(0, 90)}\n${handed.slice(90)}`,
    link,
    `#answer.${handed}`,
    handed,
  ],
  (text) => {
    const read = readLink(text)
    if (read === null) return refused('nothing of ours')
    const { handed: what, fragment } = read
    if (what.kind === 'damaged') return refused('damaged')
    assert(/^[\w.-]+$/.test(fragment), 'it is a fragment and no more')
    assert(isSameJson(readLink(`#${fragment}`)?.handed, what), 'read again, it is the same')
    if (what.kind !== 'invitation') return accepted(what)
    const { brought } = what
    assert(brought.keys.signing.length === 32 && brought.keys.sealing.length === 32, 'keys are whole')
    assert(invitationText(link, brought) !== null, 'it could have been written so')
    return accepted({ brought })
  },
)

const roomFragment = textTarget('roomFragment', [`#${secret}`, secret, '#', '', `#${secret}=`], (text) => {
  const room = roomOf(text, seededRandom(1))
  const again = roomOf(new URL(roomLink('https://page.example/#x', room.secret)).hash, seededRandom(2))
  assert(again.secret === room.secret && !again.fresh, 'its link leads there')
  return room.fresh ? refused(room.malformed ? 'malformed' : 'none') : accepted(room)
})

const base64Url = textTarget('base64Url', ['', 'AA', 'AAE', 'AAEC', secret, '-_8'], (text) => {
  const bytes = bytesFromBase64Url(text)
  if (bytes === null) return refused('null')
  assert(base64UrlFromBytes(bytes) === text, 'one value has one spelling')
  return accepted(bytes.length % 3)
})

const base64UrlBytes = bytesTarget(
  'base64UrlBytes',
  [new Uint8Array(0), Uint8Array.of(0, 255, 3, 4)],
  (bytes) => {
    const text = base64UrlFromBytes(bytes)
    const back = bytesFromBase64Url(text)
    assert(back && bytesEqual(back, bytes) && /^[\w-]*$/.test(text), 'spelled, they read the same')
    return accepted(bytes.length % 3)
  },
)

const mailbox = '0123456789abcdef'
const brokerMessages = [
  ...['OPEN', 'ID-TAKEN', 'ERROR', 'INVALID-KEY', 'HEARTBEAT', 'EXPIRE'].map((type) => ({
    type,
    payload: { msg: '' },
  })),
  { type: 'OFFER', src: mailbox, dst: mailbox, payload: { type: 'swarmdrop-echo' } },
  { type: 'OFFER', src: 'x', payload: { type: 'swarmdrop', sealed: 'AAEC' } },
  {
    type: 'OFFER',
    src: 'x',
    payload: { type: 'data', connectionId: 'dc_1', sdp: { type: 'offer', sdp: 'v=0' } },
  },
  { type: 'CANDIDATE', src: 'x', payload: { connectionId: 'dc_1', candidate: {} } },
]

const brokerMessage = textTarget(
  'brokerMessage',
  brokerMessages.map((message) => JSON.stringify(message)),
  (text) => {
    const message = jsonOf(text)
    const own = peerjsOwn(message)
    const signal = signalIn(message)
    assert(own === null || signal === null, 'it is for PeerJS or for us')
    assert(own === null || Object.keys(own).length === 2, 'PeerJS hears what it needs')
    if (signal === null) return acceptedUnlessNull(own)
    const { payload } = signal
    if (payload.type === 'swarmdrop')
      assert(payload.sealed.length <= limits.signalSizeMaxBytes, 'a sealed signal is not too long')
    return accepted(payload)
  },
)

/** What the page reads. */
export const pageTargets = [
  config,
  iceAnswer,
  roomFragment,
  handText,
  base64Url,
  base64UrlBytes,
  brokerMessage,
]
