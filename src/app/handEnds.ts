import type { LinkFault, LinkProof } from '../link/link.ts'
import type { PeerId } from '../shared/ids.ts'
import { assert } from '../shared/result.ts'

/** Who carries what a link signals until it is open: people, by hand. */
export interface HandEnd {
  /** Our description, once: the link's own JSON text. */
  described(data: string): void
  /** It will not open; null where it was closed on purpose, or has waited long enough. */
  failed(fault: LinkFault | null): void
  opened(): void
}

/** Whose a link is; null while nobody has answered. */
export interface Owner {
  peer: PeerId | null
}

/** The proof of a link whose other side is not known yet when it is made, but before it opens. */
export function lateProof(): { readonly proof: LinkProof; bind(proof: LinkProof): void } {
  let bound: LinkProof | null = null
  const known = (): LinkProof => {
    assert(bound, 'a link is somebody’s before it opens')
    return bound
  }
  return {
    proof: { sign: (view) => known().sign(view), check: (...of) => known().check(...of) },
    bind: (proof) => void (bound = proof),
  }
}
