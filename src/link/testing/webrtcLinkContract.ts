import { bytesEqual } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import type { OpenLink } from '../link.ts'
import type { LinkCase } from './linkContract.ts'
import { End, openPair, patterned } from './linkEnds.ts'

interface RawPair {
  readonly alice: End
  readonly raw: RTCPeerConnection
  readonly channel: RTCDataChannel
}

/** A connection made by hand that can do what no link of ours does. It answers. */
export async function openRaw(open: OpenLink): Promise<RawPair> {
  const raw = new RTCPeerConnection()
  const channel = raw.createDataChannel('', { negotiated: true, id: 0 })
  channel.binaryType = 'arraybuffer'
  const opened = new Promise((resolve) => channel.addEventListener('open', resolve))
  const alice = new End(open, true)
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
  await Promise.all([alice.next('opened'), opened])
  return { alice, raw, channel }
}

/** What only a link over WebRTC can get wrong: mostly, when the other side is not one of ours. */
export const webrtcLinkContract: readonly LinkCase[] = [
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
