import { bytesEqual } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import type { LinkCase } from './linkContract.ts'
import { closeBoth, openPair, patterned, type End, type Pair } from './linkEnds.ts'

/** Passes once the bytes have come through, in that direction. */
async function carries(from: End, to: End, lane: number): Promise<void> {
  const [out, into] = await Promise.all([from.openChannel(lane), to.openChannel(lane)])
  const bytes = patterned(5000, lane)
  const arrived = new Promise<MessageEvent>((resolve) => (into.onmessage = resolve))
  out.send(bytes)
  assert(bytesEqual(new Uint8Array((await arrived).data as ArrayBuffer), bytes), `lane ${lane} carries`)
}

async function openLane(pair: Pair, opener: 'alice' | 'bob'): Promise<number> {
  pair[opener].link.openLane()
  await Promise.all([pair.alice.next('laneProven'), pair.bob.next('laneProven')])
  const [{ count }, other] = await Promise.all([
    pair.alice.next('lanesChanged'),
    pair.bob.next('lanesChanged'),
  ])
  assert(count === other.count, 'both count the same')
  return count
}

/** What every link does about bulk: it hands channels over, says who listens, opens further lanes and gives them up. */
export const lanesContract: readonly LinkCase[] = [
  {
    name: '[L6] hands its bulk channel over at once; it opens and carries both ways',
    async run(open) {
      const pair = await openPair(open)
      for (const end of [pair.alice, pair.bob]) assert(end.channels.size === 1, 'one channel')
      await carries(pair.alice, pair.bob, 0)
      await carries(pair.bob, pair.alice, 0)
      closeBoth(pair)
    },
  },
  {
    name: '[L6] tells the other side once that somebody listens, after it has opened, however early that was said',
    async run(open) {
      const pair = await openPair(open)
      assert(
        pair.alice.events.every(({ type }) => type !== 'otherListens'),
        'nobody listens yet',
      )
      pair.bob.link.tellListening()
      await pair.alice.next('otherListens')
      closeBoth(pair)
    },
  },
  {
    name: '[L7] opens further lanes from either side, says when they are proven (L12), and each carries',
    async run(open) {
      const pair = await openPair(open)
      assert((await openLane(pair, 'alice')) === 2, 'two lanes')
      assert((await openLane(pair, 'bob')) === 3, 'three lanes')
      const lanes = [...pair.alice.channels.keys()]
      assert(String(lanes) === String([...pair.bob.channels.keys()]), 'the same numbers on both sides')
      for (const lane of lanes) {
        await carries(pair.alice, pair.bob, lane)
        await carries(pair.bob, pair.alice, lane)
      }
      pair.alice.link.send(patterned(7))
      assert((await pair.bob.next('message')).bytes.length === 7, 'control goes on')
      closeBoth(pair)
    },
  },
  {
    name: '[L7] gives a lane up on both sides, and the link lives on',
    async run(open) {
      const pair = await openPair(open)
      await openLane(pair, 'alice')
      const lane = [...pair.alice.channels.keys()].at(-1)
      assert(lane !== undefined, 'a lane')
      pair.bob.link.closeLane(lane)
      for (const end of [pair.alice, pair.bob]) {
        assert((await end.next('laneClosed')).lane === lane, 'that lane')
        assert((await end.next('lanesChanged')).count === 1, 'one lane is left')
      }
      pair.alice.link.closeLane(lane)
      await carries(pair.alice, pair.bob, 0)
      closeBoth(pair)
    },
  },
  {
    name: '[L7] has no more lanes than allowed, whoever opens them',
    async run(open) {
      const pair = await openPair(open)
      let count = 1
      while (count < limits.lanesMax) count = await openLane(pair, count % 2 ? 'alice' : 'bob')
      pair.alice.link.openLane()
      pair.bob.link.openLane()
      for (const end of [pair.alice, pair.bob]) assert(end.channels.size === limits.lanesMax, 'so many lanes')
      closeBoth(pair)
    },
  },
]
