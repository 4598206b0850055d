import { base64UrlFromBytes, bytesEqual } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import { fingerprintOf } from '../fingerprints.ts'
import type { IceSettings, OpenLink } from '../link.ts'
import type { LinkCase } from './linkContract.ts'
import { End, openPair, patterned, signedView, type Pair } from './linkEnds.ts'

interface RawPair {
  readonly alice: End
  readonly raw: RTCPeerConnection
  readonly channel: RTCDataChannel
}

/** The text that proves a connection whose certificates are these. */
export const proofText = (lane: number, offer: string, answer: string): string => {
  const [offered, answered] = [fingerprintOf(offer), fingerprintOf(answer)]
  assert(offered !== null && answered !== null, 'each names its certificate')
  return `proof ${base64UrlFromBytes(signedView({ lane, offered, answered }))}`
}

/** A connection made by hand that can do what no link of ours does. It answers, and proves itself. */
export async function openRaw(open: OpenLink, ice?: () => IceSettings): Promise<RawPair> {
  const pair = connectRaw(open, ice)
  const { alice, raw, channel } = pair
  await new Promise((resolve) => channel.addEventListener('open', resolve))
  channel.send(proofText(0, raw.remoteDescription?.sdp ?? '', raw.localDescription?.sdp ?? ''))
  await alice.next('opened')
  return pair
}

function connectRaw(open: OpenLink, ice?: () => IceSettings): RawPair {
  const raw = new RTCPeerConnection()
  const channel = raw.createDataChannel('', { negotiated: true, id: 0 })
  channel.binaryType = 'arraybuffer'
  const alice = new End(open, true, undefined, ice)
  alice.onSignal = async (text) => {
    const signal = JSON.parse(text)
    if (signal.type === 'candidate') return raw.addIceCandidate(signal.candidate)
    await raw.setRemoteDescription(signal)
    await raw.setLocalDescription()
    alice.link.signal(JSON.stringify(raw.localDescription))
  }
  raw.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) alice.link.signal(JSON.stringify({ type: 'candidate', candidate }))
  })
  return { alice, raw, channel }
}

/** Two connections of somebody who sits between, to alice and to bob, who passes on all they say on their control channels. */
async function sitBetween(open: OpenLink): Promise<Pair> {
  const bob = new End(open, false)
  const toBob = new RTCPeerConnection()
  const bobsChannel = toBob.createDataChannel('', { negotiated: true, id: 0 })
  bob.onSignal = async (text) => {
    const signal = JSON.parse(text)
    await (signal.type === 'candidate'
      ? toBob.addIceCandidate(signal.candidate)
      : toBob.setRemoteDescription(signal))
  }
  toBob.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) bob.link.signal(JSON.stringify({ type: 'candidate', candidate }))
  })
  await toBob.setLocalDescription()
  bob.link.signal(JSON.stringify(toBob.localDescription))
  const { alice, channel } = connectRaw(open)
  for (const [from, to] of [
    [channel, bobsChannel],
    [bobsChannel, channel],
  ] as const) {
    const early: string[] = []
    to.addEventListener('open', () => early.splice(0).forEach((text) => to.send(text)))
    from.addEventListener('message', ({ data }) =>
      to.readyState === 'open' ? to.send(data) : early.push(data),
    )
  }
  return { alice, bob }
}

/** What only a link over WebRTC can get wrong: mostly, when the other side is not one of ours. */
export const webrtcLinkContract: readonly LinkCase[] = [
  {
    name: '[L12] closes where somebody sits between who passes on all that is said',
    async run(open) {
      const { alice, bob } = await sitBetween(open)
      for (const end of [alice, bob]) {
        const { fault } = await end.next('closed')
        assert(fault === null || fault.code === 'notProven', `not proven, or left: ${JSON.stringify(fault)}`)
        assert(
          end.events.every(({ type }) => type !== 'opened'),
          'it never opened',
        )
      }
      const faults = [alice, bob].flatMap(({ events }) => events)
      assert(
        faults.some((event) => event.type === 'closed' && event.fault?.code === 'notProven'),
        'one of them says why',
      )
    },
  },
  {
    name: '[L12] closes where the other side says anything before its proof, or proves another lane',
    async run(open) {
      for (const say of [
        () => 'goodbye',
        () => 'proof ',
        () => patterned(64),
        (raw: RTCPeerConnection) =>
          proofText(1, raw.remoteDescription?.sdp ?? '', raw.localDescription?.sdp ?? ''),
        (raw: RTCPeerConnection) =>
          proofText(0, raw.localDescription?.sdp ?? '', raw.remoteDescription?.sdp ?? ''),
      ]) {
        const { alice, raw, channel } = connectRaw(open)
        await new Promise((resolve) => channel.addEventListener('open', resolve))
        const message = say(raw)
        if (typeof message === 'string') channel.send(message)
        else channel.send(message)
        const { fault } = await alice.next('closed')
        assert(fault?.code === 'notProven', JSON.stringify(fault))
        raw.close()
      }
    },
  },
  {
    name: 'closes without a fault when the other side’s connection is closed without a goodbye',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      channel.send(patterned(9))
      assert((await alice.next('message')).bytes.length === 9, 'the raw connection works')
      raw.close()
      const { fault } = await alice.next('closed')
      assert(fault === null, `no fault but ${JSON.stringify(fault)}`)
    },
  },
  {
    name: 'closes without a fault when the other side closes its channel alone',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      channel.close()
      assert((await alice.next('closed')).fault === null, 'no fault')
      raw.close()
    },
  },
  {
    name: '[L1] closes with a fault at unknown text, at a message above the limit, and at crumbs of one',
    async run(open) {
      const part = patterned(40_000)
      for (const hostile of [
        ['text'],
        [patterned(limits.messageSizeMaxBytes + 1)],
        ['more', part, part],
        ['more', part, 'more', part],
        ['more', patterned(0)],
        ['more', patterned(limits.channelMessageMinBytes - 1)],
      ]) {
        const { alice, raw, channel } = await openRaw(open)
        for (const message of hostile) {
          if (typeof message === 'string') channel.send(message)
          else channel.send(message)
        }
        assert((await alice.next('closed')).fault?.code === 'channelFailed', 'a fault')
        assert(alice.messages.length === 0, 'nothing delivered')
        raw.close()
      }
    },
  },
  {
    name: '[L1] delivers what comes in parts as one message',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      const whole = patterned(limits.messageSizeMaxBytes)
      channel.send('more')
      channel.send(whole.slice(0, 16_384))
      channel.send('more')
      channel.send(whole.slice(16_384, 40_000))
      channel.send(whole.slice(40_000))
      assert(bytesEqual((await alice.next('message')).bytes, whole), 'the whole message')
      channel.send(patterned(3))
      assert((await alice.next('message')).bytes.length === 3, 'the next one for itself')
      raw.close()
    },
  },
  {
    name: 'ignores channels the other side opens on its own',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      const other = raw.createDataChannel('other')
      await new Promise((resolve) => other.addEventListener('open', resolve))
      other.send(patterned(1))
      channel.send(patterned(2))
      assert((await alice.next('message')).bytes.length === 2, 'only what came on our channel')
      raw.close()
    },
  },
  {
    name: 'delivers a message as one buffer of its own, without spare bytes',
    async run(open) {
      const { alice, bob } = await openPair(open)
      alice.link.send(patterned(50_000))
      const { bytes } = await bob.next('message')
      assert(bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length, 'the whole buffer')
      alice.link.close()
    },
  },
]
