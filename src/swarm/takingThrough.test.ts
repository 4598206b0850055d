import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { hashesOf, unlisted } from './testing/lists.ts'
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
function takesThrough(pieces = 10, pieceSizeBytes: number = limits.blockSizeBytes) {
  const bob = new Machine()
  const [carol, alice] = [bob.link(), newPeerId()]
  const manifest = newManifest(pieces, { pieceSizeBytes, sizeBytes: pieces * pieceSizeBytes })
  const { share } = manifest
  const through = {
    listed: unlisted,
    holders: [{ peer: alice, isWhole: true }],
    bits: bitsOf(pieces, range(pieces)),
  }
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

  it('T3 asks each of two for other pieces, by turns', () => {
    const { bob, share, through, manifest } = takesThrough(40)
    const dave = bob.link()
    bob.hear(dave, { type: 'offer', manifest })
    const first = askedOf(bob.hear(dave, { type: 'through', share, ...through }), dave)
    const asked = [
      ...first,
      ...range(40).flatMap((piece) => askedOf(finds(bob, dave, manifest, piece, true), dave)),
    ]
    expect(new Set(asked.slice(0, 10).map((piece) => piece % 2)).size).toBe(1)
  })

  it('T3 asks who holds it at first hand, and the other only once that one has stalled', () => {
    const { bob, carol, manifest, share } = takesThrough()
    const dave = bob.link()
    bob.hear(dave, { type: 'offer', manifest })
    bob.hear(dave, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(10, [5, 6, 7, 8, 9]) })
    const given = range(5).flatMap((piece) => finds(bob, carol, manifest, piece, true))
    expect(askedOf(given, carol)).toEqual([2, 3, 4])
    expect(askedOf(bob.pass(limits.requestStallMs + limits.requestTickMs), carol).length).toBeGreaterThan(0)
  })

  it('T3 waits longer for a piece that has to be fetched first, and not for ever', () => {
    const { bob, carol, share, through, manifest } = takesThrough(4, 16 * limits.blockSizeBytes)
    const dave = bob.link()
    bob.hear(dave, { type: 'offer', manifest })
    bob.hear(dave, { type: 'through', share, ...through })
    const fetchingMs =
      (1000 * limits.throughAheadPieces * manifest.pieceSizeBytes) / limits.carriedLeastBytesPerSecond
    const early = bob.pass(limits.requestStallMs + fetchingMs - limits.requestTickMs)
    expect(sentTo(early, carol, 'cancel')).toEqual([])
    expect(sentTo(bob.pass(2 * limits.requestTickMs), carol, 'cancel')).not.toEqual([])
  })

  it('T4 blames who passed on what is wrong, as it has checked it', () => {
    const { bob, carol, manifest } = takesThrough()
    const effects = range(2).flatMap((piece) => finds(bob, carol, manifest, piece, false))
    expect(ordered(effects, 'dropLink')).toEqual([{ type: 'dropLink', peer: carol, reason: 'badPieces' }])
  })

  it('T2 is told by the same peer that it holds the share itself, or no more', () => {
    const { bob, carol, share, manifest } = takesThrough()
    bob.hear(carol, { type: 'offer', manifest })
    bob.hear(carol, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(10, [0, 1]) })
    expect(bob.swarm.snapshot(share)).toMatchObject({
      otherCopies: 0,
      holders: [{ through: null, heldCount: 2 }],
    })
    bob.hear(carol, { type: 'withdraw', share })
    expect(bob.swarm.snapshot(share)).toMatchObject({ reachableCount: 0, holders: [] })
  })
})
