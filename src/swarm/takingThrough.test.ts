import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { hashesOf } from './testing/lists.ts'
import {
  askedOf,
  bitsOf,
  Machine,
  newManifest,
  newPeerId,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

/** Bob takes what carol would pass on to him of alice. */
function takesThrough(pieces = 10) {
  const bob = new Machine()
  const [carol, alice] = [bob.link(), newPeerId()]
  const manifest = newManifest(pieces)
  const { share } = manifest
  const listed = { count: 0, digest: new Uint8Array(32) }
  const through = { listed, holders: [{ peer: alice, isWhole: true }], bits: bitsOf(pieces, range(pieces)) }
  bob.hear(carol, { type: 'offer', manifest })
  bob.hear(carol, { type: 'through', share, ...through })
  const effects = bob.download(manifest, carol, hashesOf(0, pieces))
  return { bob, carol, alice, manifest, share, through, effects }
}

/** The giver brings a piece, which is found right or wrong. */
const finds = (
  to: Machine,
  giver: PeerId,
  manifest: Manifest,
  piece: number,
  right: boolean,
): SwarmEffect[] => to.give(giver, manifest, piece).concat(to.checked(manifest, piece, right))

describe('who takes what is passed on', () => {
  it('T3 asks two pieces ahead, the first in order', () => {
    const { carol, effects } = takesThrough()
    expect(askedOf(effects, carol)).toEqual([0, 1])
  })

  it('T3 asks who holds it at first hand, and the other only once that one has stalled', () => {
    const { bob, carol, manifest, share } = takesThrough()
    const dave = bob.link()
    const listed = { count: 0, digest: new Uint8Array(32) }
    bob.hear(dave, { type: 'offer', manifest })
    bob.hear(dave, { type: 'bitfield', share, listed, bits: bitsOf(10, [5, 6, 7, 8, 9]) })
    const given = range(5).flatMap((piece) => finds(bob, carol, manifest, piece, true))
    expect(askedOf(given, carol)).toEqual([2, 3, 4])
    expect(askedOf(bob.pass(limits.requestStallMs + limits.requestTickMs), carol).length).toBeGreaterThan(0)
  })

  it('T3 waits longer for a piece that has to be fetched first, and not for ever', () => {
    const { bob, carol, manifest } = takesThrough()
    const fetchingMs =
      (1000 * limits.throughAheadPieces * manifest.pieceSizeBytes) / limits.carriedLeastBytesPerSecond
    const isStalled = () => bob.asked(manifest.share).size > 0 && bob.swarm.load().aheadBytes > 0
    bob.pass(limits.requestStallMs + fetchingMs - 2 * limits.requestTickMs)
    expect(isStalled()).toBe(true)
    const effects = bob.pass(limits.requestTimeoutMs)
    expect(sentTo(effects, carol, 'cancel').length).toBeGreaterThan(0)
  })

  it('T4 blames who passed on what is wrong, as it has checked it', () => {
    const { bob, carol, manifest } = takesThrough()
    const effects = range(2).flatMap((piece) => finds(bob, carol, manifest, piece, false))
    expect(ordered(effects, 'dropLink')).toEqual([{ type: 'dropLink', peer: carol, reason: 'badPieces' }])
  })

  it('T2 is told by the same peer that it holds the share itself, or no more', () => {
    const { bob, carol, share, manifest } = takesThrough()
    const listed = { count: 0, digest: new Uint8Array(32) }
    bob.hear(carol, { type: 'offer', manifest })
    bob.hear(carol, { type: 'bitfield', share, listed, bits: bitsOf(10, [0, 1]) })
    expect(bob.swarm.snapshot(share)).toMatchObject({
      otherCopies: 0,
      holders: [{ through: null, heldCount: 2 }],
    })
    bob.hear(carol, { type: 'withdraw', share })
    expect(bob.swarm.snapshot(share)).toMatchObject({ reachableCount: 0, holders: [] })
  })
})
