import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { BulkChannel } from '../../src/link/bulkChannel.ts'
import { leadsToAddress, linesOf, withAddressesOnly } from '../../src/link/candidates.ts'
import { fingerprintOf } from '../../src/link/fingerprints.ts'
import {
  blockFrame,
  blockHeadroomBytes,
  echoFrame,
  listensFrame,
  messageFrame,
  parseFrames,
} from '../../src/link/frames.ts'
import { decodeLaneWords, encodeLaneWords } from '../../src/link/laneWords.ts'
import { parseLinkSignal } from '../../src/link/linkSignal.ts'
import { parseRestartWords } from '../../src/link/restartWords.ts'
import { packDescription, unpackDescription } from '../../src/link/packedDescription.ts'
import { PartJoiner } from '../../src/link/messageParts.ts'
import { createUplink } from '../../src/link/uplink.ts'
import { BulkEnd, blockOf } from '../../src/link/testing/bulkPair.ts'
import type { Bytes } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { assert } from '../../src/shared/result.ts'
import { MemoryClock } from '../../src/shared/testing/memoryClock.ts'
import {
  accepted,
  acceptedUnlessNull,
  bytesTarget,
  isSameJson,
  refused,
  rowTarget,
  textTarget,
} from './target.ts'

const host = 'candidate:1 1 udp 2122 192.0.2.1 50000 typ host'
const reflexive =
  'candidate:842163049 1 udp 1677729535 2001:db8::7 52345 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag a+/b'
const local = 'candidate:1 1 udp 2122 8d3c1f7e-9f0b.local 50000 typ host'
const scoped = 'candidate:1 1 udp 2122 fe80::1%eth0 50000 typ host'
const candidates = [host, reflexive, local, scoped, `a=${host}`]
const sdp = [
  'v=0',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:0',
  'a=fingerprint:sha-256 AB:CD:EF:01',
  ...candidates.map((line) => `a=${line}`),
  'a=candidate:1 1 udp 2122 example.com 50000 typ host',
  '',
].join('\r\n')

const leadsAnywhere = (line: string): boolean => {
  const address =
    line
      .replace(/^\s*a\s*=/i, '')
      .trim()
      .split(' ')[4] ?? ''
  const isNumeric = isIP(address) > 0 && !address.includes('%')
  return !isNumeric && !/^[a-z0-9-]{1,63}\.local$/i.test(address)
}

/** A description as people carry it (L15): one data channel and three addresses. */
export const packed = packDescription(
  [
    'a=ice-ufrag:Jk/+',
    'a=ice-pwd:abcdefghijklmnopqrstuv+/',
    `a=fingerprint:sha-256 ${Array<string>(32).fill('5E').join(':')}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    `a=${host}`,
    `a=${reflexive}`,
    'a=candidate:1 1 udp 2122 5e0b1c6f-8a3d-4d2e-9f61-0123456789ab.local 50000 typ host',
  ].join('\r\n'),
)

const packedDescription = bytesTarget('packedDescription', packed ? [packed] : [], (bytes) => {
  const text = unpackDescription('offer', bytes)
  if (text === null) return refused('no description')
  const signal = parseLinkSignal(JSON.stringify({ type: 'offer', sdp: text }))
  assert(signal?.type === 'offer', 'a browser may be given it')
  const again = packDescription(text)
  assert(again !== null && unpackDescription('offer', again) !== null, 'packed again, it is one')
  assert(linesOf(text).filter((line) => line.includes('candidate:')).length <= 8, 'few candidates')
  assert(
    !linesOf(signal.sdp).some((line) => line.includes('candidate') && leadsAnywhere(line)),
    'addresses alone',
  )
  return accepted(text)
})

const candidate = textTarget('candidate', candidates, (line) => {
  if (!leadsToAddress(line)) return refused('false')
  assert(!leadsAnywhere(line) && !/[\r\n]/.test(line), 'it leads to an address')
  return accepted(line)
})

const isStray = (line: string): boolean => /^\s*a\s*=\s*candidate\b/i.test(line) && leadsAnywhere(line)

function mustBeData(description: string): void {
  const lines = description.split(/[\r\n]+/)
  assert(lines.filter((line) => /^\s*m\s*=/i.test(line)).length === 1, 'one media section')
  assert(!lines.some(isStray), 'no candidate leads to a name')
}

const linkSignal = textTarget(
  'linkSignal',
  [
    ...(['offer', 'answer'] as const).map((type) => JSON.stringify({ type, sdp })),
    ...[...candidates, ''].map((line) =>
      JSON.stringify({ type: 'candidate', candidate: { candidate: line, sdpMid: '0', sdpMLineIndex: 0 } }),
    ),
  ],
  (text) => {
    const signal = parseLinkSignal(text)
    if (signal === null) return refused('null')
    if (signal.type === 'candidate' && signal.candidate === null) return accepted(signal)
    if (signal.type !== 'candidate') mustBeData(signal.sdp)
    const again = JSON.stringify(signal)
    // Lines end in two letters then, and what was just short enough may not be any more.
    const fits = again.length <= limits.signalSizeMaxBytes
    assert(!fits || isSameJson(parseLinkSignal(again), signal), 'parsed again, it is the same')
    return accepted(signal)
  },
)

const restartWords = textTarget(
  'restartWords',
  [
    JSON.stringify({ type: 'restartWanted' }),
    ...['restartOffer', 'restartAnswer'].map((type) => JSON.stringify({ type, round: 1, sdp })),
  ],
  (text) => {
    const words = parseRestartWords(text)
    if (words === null) return refused('null')
    if (words.type !== 'restartWanted') mustBeData(words.sdp)
    const again = JSON.stringify(words)
    // As with signals.
    const fits = again.length <= limits.signalSizeMaxBytes
    assert(!fits || isSameJson(parseRestartWords(again), words), 'parsed again, it is the same')
    return accepted(words)
  },
)

const description = textTarget('description', [sdp, sdp.replaceAll('\r\n', '\n')], (text) => {
  const kept = withAddressesOnly(text)
  assert(withAddressesOnly(kept) === kept, 'nothing more is left out a second time')
  assert(linesOf(kept).length <= linesOf(text).length, 'no line comes from nowhere')
  const fingerprint = fingerprintOf(text)
  assert(fingerprint === fingerprintOf(kept), 'its certificate stays')
  assert(
    fingerprint === null || fingerprint === fingerprintOf(`${text}\r\na=fingerprint:${fingerprint}`),
    'it is one',
  )
  return acceptedUnlessNull(fingerprint)
})

const laneWords = textTarget(
  'laneWords',
  [
    encodeLaneWords({ lane: 1, signal: JSON.stringify({ type: 'offer', sdp }) }),
    encodeLaneWords({ lane: 7, closed: true }),
  ],
  (text) => {
    const decoded = decodeLaneWords(text)
    if (!decoded.ok) return refused('fault')
    const again = encodeLaneWords(decoded.value)
    // Numbers have shorter spellings than ours.
    const fits = again.length <= limits.channelMessageMinBytes
    assert(!fits || isDeepStrictEqual(decodeLaneWords(again), decoded), 'encoded, it decodes to the same')
    return accepted(decoded.value)
  },
)

const message = messageFrame(Uint8Array.of(1, 2, 3), true)
const block = (from: number, to: number, riders: readonly Bytes[] = []): Bytes =>
  blockFrame(9, new Uint8Array(blockHeadroomBytes + 9).fill(5).subarray(blockHeadroomBytes), from, to, riders)
const echo = echoFrame(70_000, 1234.5, 3)
const frames = [
  message,
  messageFrame(Uint8Array.of(1), false),
  echo,
  listensFrame(2),
  block(0, 4),
  block(4, 9),
  block(0, 9, [echo, message]),
]

const frame = bytesTarget('frames', frames, (bytes) => {
  const parsed = parseFrames(bytes)
  if (!parsed.ok) return refused(parsed.fault)
  assert(parsed.value.length >= 1 && parsed.value.length <= 2 + limits.ridersMax, 'few frames')
  for (const each of parsed.value) {
    if (each.type === 'block')
      assert(
        each.offsetBytes + each.bytes.length <= each.totalBytes &&
          each.totalBytes <= limits.messageSizeMaxBytes &&
          each.bytes.length > 0,
        'a part lies in its block',
      )
  }
  return accepted(parsed.value)
})

/** Each message's first byte says whether more was announced before the rest of it came. */
const messageParts = rowTarget(
  'messageParts',
  [[Uint8Array.of(0, 1, 2)], [new Uint8Array(200).fill(1), Uint8Array.of(0, 7)]],
  (parts) => {
    const joiner = new PartJoiner(100)
    let [heldBytes, whole] = [0, 0]
    for (const part of parts) {
      if ((part[0] ?? 0) % 2 === 1) joiner.moreAnnounced()
      const taken = joiner.take(part)
      if (!taken.ok) return refused(taken.fault)
      heldBytes += part.length
      assert(heldBytes <= limits.messageSizeMaxBytes, 'no more is held than a message')
      if (taken.value === null) continue
      assert(taken.value.length === heldBytes, 'nothing of a message is lost')
      heldBytes = 0
      whole++
    }
    return accepted({ whole, isMoreHeld: heldBytes > 0 })
  },
)

/** Takes all that is sent. */
class OpenChannel implements BulkChannel {
  binaryType = 'arraybuffer'
  readonly readyState = 'open'
  readonly bufferedAmount = 0
  onopen: BulkChannel['onopen'] = null
  onmessage: BulkChannel['onmessage'] = null
  onclose: BulkChannel['onclose'] = null
  send(): void {}
  close(): void {}
}

const blocksGiven = 3

/** What comes on the bulk channel of a link's first lane, while blocks and messages leave on it. */
const bulkLink = rowTarget(
  'bulkLink',
  [
    ...frames.map((one) => [one]),
    frames,
    [block(0, 4), message, block(4, 9), echo, listensFrame(2)],
    [1000, 10_000, 30_000].map((arrivedBytes) => echoFrame(arrivedBytes, 100, 1)),
  ],
  (messages) => {
    const clock = new MemoryClock()
    const end = new BulkEnd(clock, createUplink())
    const channel = new OpenChannel()
    end.link.addLane(0, channel)
    end.link.start(limits.channelMessageMinBytes)
    end.link.send(new Uint8Array(300))
    for (let id = 0; id < blocksGiven; id++) end.link.sendBlock(id, blockOf(40_000, id))
    for (const data of messages) {
      channel.onmessage?.(new MessageEvent('message', { data: data.buffer }))
      clock.advanceTo(clock.now() + 7)
      const { roomBytes, outstandingBytes, waitingBytes } = end.link
      assert(Number.isFinite(roomBytes) && roomBytes >= 0, 'it knows how much room there is')
      assert(outstandingBytes >= waitingBytes && waitingBytes >= 0, 'it knows what is on its way')
    }
    mustBeInOrder(end.told)
    assert(
      end.messages.every(({ length }) => length <= limits.messageSizeMaxBytes),
      'no message is too long',
    )
    end.link.close()
    return accepted({ told: [...new Set(end.told)].map((type) => ({ type })), messages: end.messages })
  },
)

function mustBeInOrder(told: readonly string[]): void {
  const failedAt = told.findIndex((one) => one.startsWith('failed'))
  assert(failedAt < 0 || failedAt === told.length - 1, 'after failed nothing follows')
  const arrived = told.filter((one) => one.startsWith('arrived'))
  assert(new Set(arrived).size === arrived.length, 'a block arrives once')
}

/** What a link reads. */
export const linkTargets = [
  packedDescription,
  linkSignal,
  restartWords,
  candidate,
  description,
  laneWords,
  frame,
  messageParts,
  bulkLink,
]
