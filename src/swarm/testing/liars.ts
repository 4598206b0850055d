import type { PeerId } from '../../shared/ids.ts'
import type { HashPart } from '../hashList.ts'
import type { SwarmEffect } from '../io.ts'
import type { Manifest } from '../manifest.ts'
import { hashesOf, signParts } from './lists.ts'
import { Machine, newManifest, ordered, range } from './swarmWorld.ts'

/* Peers that lie about a share, and what is made of them. */

export const dropped = (effects: readonly SwarmEffect[]): PeerId[] =>
  ordered(effects, 'dropLink').map(({ peer }) => peer)
export const blamed = (effects: readonly SwarmEffect[]): PeerId[] =>
  ordered(effects, 'report').flatMap(({ report }) => (report.type === 'peerMisbehaved' ? [report.peer] : []))

/** A list of other hashes under the same manifest, signed with a key of the forger's own. */
export const forgedList = (manifest: Manifest, pieces: number): HashPart[] =>
  signParts({ ...newManifest(pieces), share: manifest.share }, hashesOf(100, 100 + pieces))

/** The victim takes a share that its origin and a forger offer; both say that they hold all of it. */
export function betweenTwo(pieces = 4) {
  const victim = new Machine()
  const manifest = newManifest(pieces)
  const forger = victim.holder(manifest, range(pieces))
  const origin = victim.holder(manifest, range(pieces))
  const { share } = manifest
  const effects = [
    ...victim.feed({ type: 'downloadAsked', share }),
    ...victim.feed({ type: 'storeOpened', share }),
  ]
  return { victim, manifest, share, forger, origin, effects }
}
