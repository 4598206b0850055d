import type { PieceIndex } from '../../shared/ids.ts'
import type { Manifest } from '../manifest.ts'
import { hashesOf, unlisted } from './lists.ts'
import { bitsOf, Machine, newManifest } from './swarmWorld.ts'

/** Alice downloads what bob holds some of. */
export function downloadFrom(pieces: number, held: readonly PieceIndex[], hashCount = pieces) {
  const alice = new Machine()
  const manifest = newManifest(pieces)
  const bob = alice.holder(manifest, held)
  const effects = alice.download(manifest, bob, hashesOf(0, hashCount))
  return { alice, bob, manifest, share: manifest.share, effects }
}

/** Another who holds these pieces comes. */
export function joins(alice: Machine, manifest: Manifest, pieces: readonly PieceIndex[]) {
  const peer = alice.link()
  alice.hear(peer, { type: 'offer', manifest })
  const bits = bitsOf(manifest.sizeBytes / manifest.pieceSizeBytes, pieces)
  const effects = alice.hear(peer, { type: 'bitfield', share: manifest.share, listed: unlisted, bits })
  return { peer, effects }
}
