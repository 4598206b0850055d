import type { LinkFault } from '../../link/link.ts'
import { bytesEqual, type Bytes } from '../../shared/bytes.ts'
import type { LinkSession } from '../../shared/ids.ts'
import { randomLinkSession, type Random } from '../../shared/random.ts'
import type { HandEnd } from '../handEnds.ts'
import type { BroughtByHand, HandPort } from '../handPort.ts'
import { withFragment } from '../roomLink.ts'
import type { HandTrouble, HandView } from '../view.ts'
import type { ViewStore } from '../viewStore.ts'
import {
  answerText,
  invitationText,
  isWithoutAddress,
  readAnswer,
  readLink,
  type ReadLink,
} from './handText.ts'
import type { OtherTabs } from './otherTabs.ts'

export interface ByHandParts {
  readonly port: Pick<HandPort, 'self' | 'seal' | 'open' | 'offer' | 'withdraw' | 'answered' | 'offered'>
  readonly random: Random
  /** Reads the room's link there, and writes `byHand`. */
  readonly view: ViewStore
  readonly tabs: OtherTabs
  readonly bugFound: (error: unknown) => void
}

/** What is shown, and the link that it is about. */
interface Exchange extends HandView {
  readonly session: LinkSession
}

/**
 * Brings a link about with no broker (R37): an invitation goes to somebody by scanning or pasting, and the answer comes back the same way.
 * One at a time; each invitation is for one other page.
 */
export class ByHand {
  readonly #parts: ByHandParts
  #exchange: Exchange | null = null
  #isOpen = false

  constructor(parts: ByHandParts) {
    this.#parts = parts
    parts.tabs.onOffer((fragment) => this.#takeOfOtherTab(fragment))
  }

  /** Shows what is under way, or a new invitation. */
  open(): void {
    this.#isOpen = true
    const isOver = this.#exchange?.state === 'connected' || this.#exchange?.state === 'failed'
    if (this.#exchange === null || isOver) this.#invite()
    else this.#show({ trouble: null })
  }

  /** What is under way goes on unseen: the other side may come yet. */
  hide(): void {
    this.#isOpen = false
    this.#parts.view.setState({ byHand: null })
  }

  /** Takes what somebody scanned or pasted: an invitation, the answer to ours, or a link to a room. */
  take(text: string): void {
    this.#isOpen = true
    this.#take(text).catch(this.#parts.bugFound)
  }

  close(): void {
    this.#withdraw()
    this.#parts.tabs.close()
  }

  async #take(text: string): Promise<void> {
    const link = readLink(text)
    if (link === null) return this.#complain({ code: 'notOurs' })
    const { handed } = link
    if (handed.kind === 'damaged') return this.#complain({ code: 'damaged' })
    if (handed.kind === 'answer') {
      const trouble = await this.#answered(link, handed.sealed)
      return trouble ? this.#complain(trouble) : undefined
    }
    if (handed.secret !== this.#ownSecret()) return this.#complain(this.#elsewhere(link))
    if (handed.kind === 'room') return this.#complain({ code: 'sameRoom' })
    if (this.#isOwn(handed.brought)) return this.#complain({ code: 'ownInvitation' })
    await this.#answer(handed.brought)
  }

  #invite(): void {
    this.#withdraw()
    const { port, random } = this.#parts
    const session = randomLinkSession(random)
    this.#begin('invitation', session)
    port.offer(
      session,
      this.#end(session, async (data) =>
        invitationText(this.#roomLink(), { session, keys: port.self.keys, data }),
      ),
    )
  }

  /** Answers somebody's invitation. */
  async #answer(offer: BroughtByHand): Promise<void> {
    this.#withdraw()
    const { port } = this.#parts
    const { session } = offer
    this.#begin('answer', session)
    const end = this.#end(session, (data) =>
      answerText(this.#roomLink(), { session, keys: port.self.keys, data }, port.seal),
    )
    const peer = await port.offered(offer, end)
    if (this.#exchange?.session !== session) return
    if (peer === null) this.#show({ state: 'failed', trouble: { code: 'connectedAlready' } })
    else this.#show({ peer })
  }

  /** Somebody's answer was brought; what is wrong with it. */
  async #answered({ fragment }: ReadLink, sealed: Bytes): Promise<HandTrouble | null> {
    const answer = await this.#opened(sealed)
    if (answer && this.#isOwn(answer)) return { code: 'ownAnswer' }
    if (answer && this.#isAwaited(answer)) return this.#accept(answer)
    return { code: (await this.#parts.tabs.offer(fragment)) ? 'takenElsewhere' : 'otherInvitation' }
  }

  async #accept(answer: BroughtByHand): Promise<HandTrouble | null> {
    this.#show({ state: 'connecting', trouble: null })
    const peer = await this.#parts.port.answered(answer)
    if (this.#exchange?.session !== answer.session) return null
    if (peer === null) {
      this.#withdraw()
      this.#show({ state: 'failed', trouble: { code: 'connectedAlready' } })
    } else this.#show({ peer })
    return null
  }

  /** A phone's camera opens an answer in a tab of its own. */
  async #takeOfOtherTab(fragment: string): Promise<boolean> {
    const handed = readLink(fragment)?.handed
    const answer = handed?.kind === 'answer' ? await this.#opened(handed.sealed) : null
    if (answer === null || !this.#isAwaited(answer)) return false
    this.#isOpen = true
    await this.#accept(answer)
    return true
  }

  async #opened(sealed: Bytes): Promise<BroughtByHand | null> {
    const plain = await this.#parts.port.open(sealed)
    return plain && readAnswer(plain)
  }

  #isAwaited({ session }: BroughtByHand): boolean {
    const { kind, state, session: ours } = this.#exchange ?? {}
    return kind === 'invitation' && state === 'waiting' && session === ours
  }

  #isOwn({ keys }: BroughtByHand): boolean {
    return bytesEqual(keys.signing, this.#parts.port.self.keys.signing)
  }

  /** What becomes of our end; `write`: the text that carries our description. */
  #end(session: LinkSession, write: (data: string) => Promise<string | null>): HandEnd {
    const isCurrent = (): boolean => this.#exchange?.session === session
    return {
      described: (data) => {
        if (isWithoutAddress(data)) {
          if (isCurrent()) this.#failed({ code: 'noAddress' })
          return
        }
        write(data).then((text) => {
          if (!isCurrent()) return
          if (text === null) this.#failed({ code: 'unable' })
          else this.#show({ text, state: 'waiting' })
        }, this.#parts.bugFound)
      },
      failed: (fault) => {
        if (isCurrent()) this.#failed(this.#troubleOf(fault))
      },
      opened: () => {
        if (isCurrent()) this.#show({ state: 'connected', trouble: null })
      },
    }
  }

  #troubleOf(fault: LinkFault | null): HandTrouble {
    if (fault?.code === 'noRelay') return { code: 'noRelay' }
    if (this.#exchange?.state === 'making') return { code: 'unable' }
    return { code: this.#exchange?.kind === 'answer' && fault === null ? 'nobodyCame' : 'noWay' }
  }

  #failed(trouble: HandTrouble): void {
    this.#show({ state: 'failed', trouble })
  }

  #begin(kind: HandView['kind'], session: LinkSession): void {
    this.#exchange = { kind, session, text: null, state: 'making', peer: null, trouble: null }
    this.#write()
  }

  /** Where nothing is shown yet, an invitation is made besides. */
  #complain(trouble: HandTrouble): void {
    if (this.#exchange === null) this.#invite()
    this.#show({ trouble })
  }

  #show(changes: Partial<HandView>): void {
    if (this.#exchange === null) return
    this.#exchange = { ...this.#exchange, ...changes }
    this.#write()
  }

  #write(): void {
    if (this.#exchange === null || !this.#isOpen) return
    const { session: _, ...byHand } = this.#exchange
    this.#parts.view.setState({ byHand })
  }

  /** An invitation that nobody took costs a connection. */
  #withdraw(): void {
    if (this.#exchange?.kind === 'invitation') this.#parts.port.withdraw(this.#exchange.session)
  }

  /** An invitation needs nothing of the page it was made on; a room is where that page's brokers are. */
  #elsewhere({ handed, page, fragment }: ReadLink): HandTrouble {
    const own = this.#roomLink()
    const made = handed.kind === 'room' && page !== null && URL.canParse(page) ? new URL(page) : null
    const isOther = made !== null && /^https?:$/.test(made.protocol) && made.host !== new URL(own).host
    return isOther
      ? { code: 'otherRoom', link: withFragment(made.href, fragment), host: made.host }
      : { code: 'otherRoom', link: withFragment(own, fragment), host: null }
  }

  #ownSecret(): string | null {
    const handed = readLink(this.#roomLink())?.handed
    return handed?.kind === 'room' ? handed.secret : null
  }

  #roomLink(): string {
    return this.#parts.view.getState().roomLink
  }
}
