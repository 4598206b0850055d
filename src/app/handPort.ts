import type { RoomKeys } from '../crypto/crypto.ts'
import type { Identity, TabKeys } from '../crypto/identity.ts'
import type { HandInput, RoomInput } from '../room/io.ts'
import type { LinkSession, PeerId } from '../shared/ids.ts'
import type { HandEnd } from './handEnds.ts'
import type { LetterOffice } from './letterOffice.ts'
import type { RoomLinks } from './roomLinks.ts'

/** What people have brought of somebody: its keys, and what its link signals (the link's own JSON text). */
export interface BroughtByHand {
  readonly session: LinkSession
  readonly keys: TabKeys
  readonly data: string
}

export interface HandPortParts {
  readonly identity: Pick<Identity, 'peer' | 'keys'>
  readonly keys: RoomKeys
  readonly letters: LetterOffice
  readonly links: RoomLinks
  readonly feed: (input: RoomInput) => void
}

/** The room's side of bringing a link about by hand, with no broker (R37). */
export class HandPort {
  readonly #parts: HandPortParts

  constructor(parts: HandPortParts) {
    this.#parts = parts
  }

  get self(): Pick<Identity, 'peer' | 'keys'> {
    return this.#parts.identity
  }

  get seal(): RoomKeys['seal'] {
    return this.#parts.keys.seal
  }

  get open(): RoomKeys['open'] {
    return this.#parts.keys.open
  }

  /** Makes an offer for whoever people carry it to. */
  offer(session: LinkSession, end: HandEnd): void {
    this.#parts.links.offerByHand(session, end)
  }

  withdraw(session: LinkSession): void {
    this.#parts.links.withdrawByHand(session)
  }

  /** People brought the answer to our offer, and who gave it; null where that one is linked with us already, or is kept out. */
  answered(brought: BroughtByHand): Promise<PeerId | null> {
    return this.#bring('handAnswered', brought)
  }

  /** People brought an offer; the answer goes to `end`. The same holds. */
  async offered(brought: BroughtByHand, end: HandEnd): Promise<PeerId | null> {
    this.#parts.links.answerByHand(brought.session, end)
    const peer = await this.#bring('handOffered', brought)
    if (peer === null) this.withdraw(brought.session)
    return peer
  }

  async #bring(type: HandInput['type'], { session, keys, data }: BroughtByHand): Promise<PeerId | null> {
    const { letters, links, feed } = this.#parts
    const peer = await letters.meet(keys)
    feed({ type, peer, session, data })
    return links.has(peer, session) ? peer : null
  }
}
