import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Manifest } from './manifest.ts'
import { downloadFrom } from './testing/downloads.ts'
import { hashesOf, unlisted } from './testing/lists.ts'
import { askedOf, bitsOf, Machine, newManifest, range } from './testing/swarmWorld.ts'

const firstAheadBlocks = limits.requestedAheadFirstBytes / limits.blockSizeBytes

/** The peer brings so many blocks, the oldest first, each after so long. How many blocks it was asked for then. */
function giveSteadily(
  alice: Machine,
  peer: PeerId,
  manifest: Manifest,
  blockMs: number,
  blocks: number,
): number[] {
  return range(blocks).map(() => {
    alice.now += blockMs
    const asked = [...alice.asked(manifest.share)].find(([, peers]) => peers.includes(peer))
    if (!asked) return 0
    const effects = alice.give(peer, manifest, asked[0])
    alice.checked(manifest, asked[0])
    return askedOf(effects, peer).length
  })
}

describe('what is asked ahead', () => {
  it('S15 asks ahead for what the peer brings in a round trip and a slack, and one block', () => {
    const { alice, bob, manifest, effects } = downloadFrom(400, range(400))
    expect(askedOf(effects, bob)).toHaveLength(firstAheadBlocks)
    alice.room(bob, 1, 100)
    const blockMs = 40
    giveSteadily(alice, bob, manifest, blockMs, 40)
    const aheadMs = 100 + limits.requestSlackMs
    const ahead = alice.swarm.load().aheadBytes / limits.blockSizeBytes
    expect(ahead).toBeLessThanOrEqual(aheadMs / blockMs + 1)
    expect(ahead).toBeGreaterThan((1 - limits.requestBatchFraction) * (aheadMs / blockMs) - 1)
  })

  it('S15 asks again when a quarter of that is free, for several blocks at once', () => {
    const { alice, bob, manifest } = downloadFrom(400, range(400))
    const asked = giveSteadily(alice, bob, manifest, 10, 200).filter((count) => count > 0)
    const mostBlocks = limits.requestedAheadMaxBytes / limits.blockSizeBytes
    const aheadBlocks = Math.min(limits.requestSlackMs / 10, mostBlocks)
    for (const count of asked.slice(-3)) expect(count).toBeGreaterThan(aheadBlocks / 5)
  })

  it('S15 asks less ahead of one of several sources, and little of each at first', () => {
    const alice = new Machine()
    const manifest = newManifest(400)
    const sources = range(4).map(() => alice.holder(manifest, range(400)))
    const bob = sources[0] ?? alice.peer
    const effects = alice.download(manifest, bob, hashesOf(0, 400))
    const first = sources.map((source) => askedOf(effects, source).length)
    expect(Math.max(...first.slice(1))).toBe(1)
    for (let round = 0; round < 20; round++)
      for (const source of sources) giveSteadily(alice, source, manifest, 10, 1)
    const ahead = alice.swarm.load().aheadBytes / limits.blockSizeBytes
    const slackMs = Math.max(limits.requestSlackMinMs, limits.requestSlackMs / 4 ** 2)
    expect(ahead).toBeLessThanOrEqual(4 * (slackMs / 40 + 1))
  })

  it('S15 asks for few blocks ahead, however small they are', () => {
    const alice = new Machine()
    const bob = alice.link()
    for (let at = 0; at < 500; at++) {
      const manifest = newManifest(1, { sizeBytes: 10 })
      alice.hear(bob, { type: 'offer', manifest })
      alice.hear(bob, { type: 'bitfield', share: manifest.share, listed: unlisted, bits: bitsOf(1, [0]) })
      alice.download(manifest, bob, hashesOf(0, 1))
    }
    expect(alice.swarm.load().aheadBytes).toBe(10 * limits.requestsAheadMax)
  })
})
