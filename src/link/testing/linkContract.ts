import { bytesEqual } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import type { OpenLink } from '../link.ts'
import { checkMessages, closeBoth, End, makePair, makePairTaking, openPair, patterned } from './linkEnds.ts'

/** One thing every link must do. Free of any test framework, so that it runs in a page as well. */
export interface LinkCase {
  readonly name: string
  /** Rejects when the link does not do it. */
  run(open: OpenLink): Promise<void>
}

const largest = patterned(limits.messageSizeMaxBytes)

const malformedSignals = [
  '',
  'not JSON',
  'null',
  '7',
  '[]',
  '{}',
  '['.repeat(30_000),
  '{"type":"renegotiate","renegotiate":true}',
  '{"type":"transceiverRequest","transceiverRequest":{"kind":"video"}}',
  '{"type":"offer"}',
  '{"type":"offer","sdp":7}',
  '{"type":"offer","sdp":""}',
  '{"type":"offer","sdp":"m=application garbage"}',
  '{"type":"answer","sdp":"m=application garbage"}',
  '{"type":"offer","sdp":"m=application 9 x\\r\\nm=video 9 x"}',
  '{"type":"candidate"}',
  '{"type":"candidate","candidate":null}',
  '{"type":"candidate","candidate":{}}',
  '{"type":"candidate","candidate":{"candidate":"x","sdpMid":null,"sdpMLineIndex":null}}',
  `{"type":"offer","sdp":"m=application ${'x'.repeat(limits.signalSizeMaxBytes)}"}`,
]

export const linkContract: readonly LinkCase[] = [
  {
    name: 'opens by exchanging signals, and tells nothing before the opening call has returned',
    async run(open) {
      const pair = makePair(open)
      assert(pair.alice.events.length + pair.bob.events.length === 0, 'nothing told yet')
      const [here, there] = await Promise.all([pair.alice.next('opened'), pair.bob.next('opened')])
      assert(here.route === 'direct' && there.route === 'direct', 'a direct route')
      assert(pair.alice.signaledKinds.has('offer') && !pair.alice.signaledKinds.has('answer'), 'an offer')
      assert(pair.bob.signaledKinds.has('answer') && !pair.bob.signaledKinds.has('offer'), 'an answer')
      closeBoth(pair)
    },
  },
  {
    name: '[L12] closes with a fault, and delivers nothing, where the other side has not signed what we see',
    async run(open) {
      const liar = { sign: async () => patterned(64), check: async () => true }
      const { alice, bob } = makePair(open, 1, liar)
      bob.link.send(patterned(3))
      assert((await alice.next('closed')).fault?.code === 'notProven', 'a fault')
      assert(
        alice.events.every(({ type }) => type === 'closed'),
        'nothing before',
      )
      bob.link.close()
    },
  },
  {
    name: 'opens though every signal comes three times',
    async run(open) {
      const pair = makePair(open, 3)
      await Promise.all([pair.alice.next('opened'), pair.bob.next('opened')])
      pair.alice.link.send(patterned(3))
      assert((await pair.bob.next('message')).bytes.length === 3, 'a working link')
      closeBoth(pair)
    },
  },
  {
    name: 'delivers messages of every size whole and in order',
    async run(open) {
      const pair = await openPair(open)
      const sizes = [0, 1, 2, 0, 0, 1000, 16_384, 65_535, 65_536, limits.messageSizeMaxBytes, 0]
      const sent = sizes.map((size, at) => patterned(size, at))
      for (const bytes of sent) pair.alice.link.send(bytes)
      for (const bytes of sent) {
        const arrived = await pair.bob.next('message')
        assert(bytesEqual(arrived.bytes, bytes), `${bytes.length} bytes arrived whole`)
      }
      closeBoth(pair)
    },
  },
  {
    name: '[L1] delivers them whatever the other side says it takes at once, from 16 KiB on, or if it says nothing',
    async run(open) {
      const sizes = [1, 16_384, 16_385, 0, limits.messageSizeMaxBytes, 65_536, 65_537, 32_768, 7]
      for (const sizeBytes of [null, 0, limits.channelMessageMinBytes, 65_535, 65_536, 1_000_000]) {
        const { alice, bob } = makePairTaking(open, sizeBytes)
        await Promise.all([alice.next('opened'), bob.next('opened')])
        const sent = sizes.map((size, at) => patterned(size, at))
        for (const end of [alice, bob]) for (const bytes of sent) end.link.send(bytes)
        for (const end of [alice, bob]) {
          for (const _ of sent) await end.next('message')
          checkMessages(end.messages, sent)
        }
        closeBoth({ alice, bob })
      }
    },
  },
  {
    name: '[L1] closes with a fault of its own when the other side says it takes less',
    async run(open) {
      for (const sizeBytes of [1, limits.channelMessageMinBytes - 1]) {
        const { alice, bob } = makePairTaking(open, sizeBytes)
        const { fault } = await bob.next('closed')
        const seen = (): string => JSON.stringify([fault, ...bob.events, 'alice', ...alice.events])
        assert(fault?.code === 'messagesTooSmall', `${sizeBytes} bytes give ${seen()}`)
        await alice.next('closed')
      }
    },
  },
  {
    name: 'carries both directions at once',
    async run(open) {
      const { alice, bob } = await openPair(open)
      const sent = Array.from({ length: 200 }, (_, at) => patterned((at * 997) % 20_000, at))
      for (const bytes of sent) {
        alice.link.send(bytes)
        bob.link.send(bytes)
      }
      for (const end of [alice, bob]) for (const _ of sent) await end.next('message')
      checkMessages(alice.messages, sent)
      checkMessages(bob.messages, sent)
      closeBoth({ alice, bob })
    },
  },
  {
    name: 'leaves the sender its buffer: changed after the call, it arrives as it was',
    async run(open) {
      const pair = await openPair(open)
      const bytes = patterned(50_000)
      pair.alice.link.send(bytes)
      bytes.fill(0)
      assert(bytesEqual((await pair.bob.next('message')).bytes, patterned(50_000)), 'bytes as they were')
      closeBoth(pair)
    },
  },
  {
    name: 'shows what waits',
    async run(open) {
      const { alice, bob } = await openPair(open)
      const waitingBytes = 2 * limits.linkDrainedBytes
      let count = 0
      while (alice.link.waitingBytes <= waitingBytes && count < 100) {
        alice.link.send(largest)
        count++
      }
      assert(alice.link.waitingBytes > waitingBytes, `${alice.link.waitingBytes} bytes wait after ${count}`)
      for (let at = 0; at < count; at++) await bob.next('message')
      bob.link.send(patterned(1))
      await alice.next('message')
      assert(alice.link.waitingBytes === 0, `${alice.link.waitingBytes} bytes wait when all has come`)
      closeBoth({ alice, bob })
    },
  },
  {
    name: 'delivers all that was sent before it was closed, then closes both sides without a fault',
    async run(open) {
      for (const count of [0, 1, 8, 40]) {
        const { alice, bob } = await openPair(open)
        const sent = Array.from({ length: count }, (_, at) => patterned(limits.messageSizeMaxBytes, at))
        for (const bytes of sent) alice.link.send(bytes)
        alice.link.close()
        assert((await bob.next('closed')).fault === null, 'closed on purpose')
        assert((await alice.next('closed')).fault === null, 'closed on purpose here')
        checkMessages(bob.messages, sent)
      }
    },
  },
  {
    name: 'closes once when both sides close at the same moment',
    async run(open) {
      const pair = await openPair(open)
      closeBoth(pair)
      closeBoth(pair)
      for (const end of [pair.alice, pair.bob]) {
        assert((await end.next('closed')).fault === null, 'closed on purpose')
      }
      const { alice, bob } = await openPair(open)
      alice.link.close()
      await bob.next('closed')
      for (const end of [pair.alice, pair.bob, bob]) {
        assert(end.events.filter((event) => event.type === 'closed').length === 1, 'closed once')
      }
    },
  },
  {
    name: 'tells nothing after closed, and takes calls without complaint',
    async run(open) {
      const { alice, bob } = await openPair(open)
      bob.link.send(largest)
      alice.link.close()
      alice.link.send(patterned(1))
      bob.link.send(patterned(2))
      await Promise.all([alice.next('closed'), bob.next('closed')])
      for (const { link } of [alice, bob]) {
        link.send(patterned(3))
        link.signal('{}')
        link.close()
        assert(link.waitingBytes === 0, 'nothing waits')
      }
      const later = await openPair(open)
      later.alice.link.send(patterned(4))
      await later.bob.next('message')
      for (const end of [alice, bob]) assert(end.events.at(-1)?.type === 'closed', 'closed comes last')
      closeBoth(later)
    },
  },
  {
    name: 'drops what is sent before it is open, and closes before it is open',
    async run(open) {
      const { alice, bob } = makePair(open)
      alice.link.send(patterned(5))
      assert(alice.link.waitingBytes === 0, 'nothing waits')
      await Promise.all([alice.next('opened'), bob.next('opened')])
      alice.link.send(patterned(6))
      assert((await bob.next('message')).bytes.length === 6, 'only what was sent on the open link')
      closeBoth({ alice, bob })

      const early = makePair(open)
      early.alice.link.close()
      assert((await early.alice.next('closed')).fault === null, 'closed on purpose')
      early.bob.link.close()
      await early.bob.next('closed')
    },
  },
  {
    name: 'closes with a fault at a malformed signal, and never throws',
    async run(open) {
      for (const signal of malformedSignals) {
        for (const initiator of [true, false]) {
          const end = new End(open, initiator)
          const offered = new Promise<string>((resolve) => (end.onSignal = resolve))
          if (initiator) await offered
          end.link.signal(signal)
          const { fault } = await end.next('closed')
          assert(fault?.code === 'badSignal', `${signal.slice(0, 60)} gives ${fault?.code}`)
          end.link.signal(signal)
        }
      }
    },
  },
  {
    name: 'closes with a fault when the other side’s offer comes to the one that offers',
    async run(open) {
      const [alice, bob] = [new End(open, true), new End(open, true)]
      alice.onSignal = (signal) => bob.link.signal(signal)
      assert((await bob.next('closed')).fault?.code === 'badSignal', 'a bad signal')
      alice.link.close()
    },
  },
  {
    name: '[L2] drops candidates that lead to a name or nowhere, before and after it opens, and lives on',
    async run(open) {
      const pair = makePair(open)
      for (const address of ['name.invalid', '', 'two words', '192.0.2.1.example']) {
        const candidate = `candidate:1 1 udp 1 ${address} 9 typ host`
        pair.bob.link.signal(JSON.stringify({ type: 'candidate', candidate: { candidate, sdpMid: '0' } }))
      }
      await Promise.all([pair.alice.next('opened'), pair.bob.next('opened')])
      const last = { type: 'candidate', candidate: { candidate: '', sdpMid: '0' } }
      pair.alice.link.signal(JSON.stringify(last))
      pair.bob.link.send(patterned(3))
      await pair.alice.next('message')
      closeBoth(pair)
    },
  },
  {
    name: 'lives on under a rain of candidates that lead nowhere',
    async run(open) {
      const pair = await openPair(open)
      for (let port = 1; port <= 1000; port++) {
        const candidate = `candidate:${port} 1 udp 1 127.0.0.1 ${port} typ host`
        const signal = { type: 'candidate', candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } }
        pair.alice.link.signal(JSON.stringify(signal))
      }
      pair.bob.link.send(patterned(3))
      await pair.alice.next('message')
      closeBoth(pair)
    },
  },
]
