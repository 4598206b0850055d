import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { isMailbox, randomMailbox, type Mailbox } from '../shared/mailboxes.ts'
import { randomBelow, type Random } from '../shared/random.ts'
import { assert } from '../shared/result.ts'
import type { BrokerTrouble, Signaling, SignalingListener } from './signaling.ts'

/**
 * One mailbox held at a broker, over a connection of its own or over that of our own mailbox. It is never opened twice: a new one takes
 * its place.
 */
export interface Registration {
  /** Lost without a word unless held. */
  post(to: Mailbox, sealed: Bytes): void
  /** Makes sure that the broker still has us; if not, the registration soon ends. */
  check(): void
  /** Lets the mailbox go. Nothing is told afterwards. */
  close(): void
}

/** The mailbox is somebody else's, the connection is gone, or the broker says why it takes nobody. */
export type RegistrationEnd = 'taken' | 'lost' | Exclude<BrokerTrouble, 'unreachable' | 'silent'>

/** Told after the opening call has returned. After `ended` nothing follows. */
export interface RegistrationListener {
  held(): void
  ended(why: RegistrationEnd): void
  sealedSignalArrived(sealed: Bytes): void
}

/** The first is for our own mailbox, and so is each that follows the end of such a one; others are opened while that is held. */
export type OpenRegistration = (mailbox: Mailbox, listener: RegistrationListener) => Registration

type Own =
  | { readonly state: 'connecting' | 'online'; readonly registration: Registration }
  | { readonly state: 'offline'; readonly retry: ReturnType<typeof setTimeout> }
  | { readonly state: 'closed' }

interface Claim {
  readonly registration: Registration
  held: boolean
}

/** Signaling by registrations: that of our own mailbox, redialed for ever, and those of the claimed ones. */
export class RegistrationSignaling implements Signaling {
  readonly mailbox: Mailbox
  readonly sharesClaims: boolean
  readonly #openRegistration: OpenRegistration
  readonly #random: Random
  readonly #listener: SignalingListener
  readonly #claims = new Map<Mailbox, Claim>()
  #own: Own
  #failures = 0
  #onlineAt = Infinity

  constructor(
    openRegistration: OpenRegistration,
    random: Random,
    listener: SignalingListener,
    { sharesClaims }: Pick<Signaling, 'sharesClaims'>,
  ) {
    this.sharesClaims = sharesClaims
    this.#openRegistration = openRegistration
    this.#random = random
    this.#listener = listener
    this.mailbox = randomMailbox(random)
    this.#own = this.#dial()
  }

  post(to: Mailbox, sealed: Bytes): void {
    if (this.#own.state !== 'online' || !isMailbox(to) || sealed.length > limits.signalSizeMaxBytes) return
    this.#own.registration.post(to, sealed)
  }

  claim(mailbox: Mailbox): void {
    assert(isMailbox(mailbox), `a mailbox every broker takes: ${mailbox}`)
    if (this.#own.state !== 'online') return
    const claim = this.#claims.get(mailbox)
    if (claim?.held) return queueMicrotask(() => this.#claimHeld(mailbox, claim))
    if (claim) return
    const registration = this.#openRegistration(mailbox, {
      held: () => this.#claimHeld(mailbox, opened),
      ended: (why) => this.#claimEnded(mailbox, opened, why),
      sealedSignalArrived: (sealed) => this.#listener.sealedSignalArrived(sealed, mailbox),
    })
    const opened: Claim = { registration, held: false }
    this.#claims.set(mailbox, opened)
  }

  release(mailbox: Mailbox): void {
    this.#claims.get(mailbox)?.registration.close()
    this.#claims.delete(mailbox)
  }

  leave(): void {
    if (this.#own.state !== 'online') return
    this.#own.registration.close()
    this.#wentOffline('silent')
  }

  retryNow(): void {
    switch (this.#own.state) {
      case 'offline':
        clearTimeout(this.#own.retry)
        return this.#redial()
      case 'online':
        this.#own.registration.check()
        for (const claim of this.#claims.values()) claim.registration.check()
        return
      case 'connecting':
      case 'closed':
    }
  }

  close(): void {
    if (this.#own.state === 'offline') clearTimeout(this.#own.retry)
    else if (this.#own.state !== 'closed') this.#own.registration.close()
    this.#own = { state: 'closed' }
    for (const claim of this.#claims.values()) claim.registration.close()
    this.#claims.clear()
  }

  #dial(): Own {
    const registration = this.#openRegistration(this.mailbox, {
      held: () => this.#wentOnline(registration),
      ended: (why) => this.#wentOffline(troubleOf(why)),
      sealedSignalArrived: (sealed) => this.#listener.sealedSignalArrived(sealed, this.mailbox),
    })
    return { state: 'connecting', registration }
  }

  #redial(): void {
    this.#own = this.#dial()
    this.#listener.stateChanged('connecting')
  }

  #wentOnline(registration: Registration): void {
    this.#onlineAt = performance.now()
    this.#own = { state: 'online', registration }
    this.#listener.stateChanged('online')
  }

  #wentOffline(trouble: BrokerTrouble): void {
    // One that takes us in and throws us out again is no better than one that does not.
    if (performance.now() - this.#onlineAt >= limits.brokerSteadyMs) this.#failures = 0
    this.#onlineAt = Infinity
    const failures = trouble === 'silent' ? failuresOfSilent : this.#failures++
    const waitMs = retryWaitMs(failures, this.#random)
    this.#own = { state: 'offline', retry: setTimeout(() => this.#redial(), waitMs) }
    this.#listener.stateChanged('offline', trouble)
    for (const [mailbox, claim] of this.#claims) {
      claim.registration.close()
      if (claim.held) this.#listener.mailboxLost(mailbox)
    }
    this.#claims.clear()
  }

  #claimHeld(mailbox: Mailbox, claim: Claim): void {
    if (this.#claims.get(mailbox) !== claim) return
    claim.held = true
    this.#listener.mailboxHeld(mailbox)
  }

  #claimEnded(mailbox: Mailbox, claim: Claim, why: RegistrationEnd): void {
    if (this.#claims.get(mailbox) !== claim) return
    this.#claims.delete(mailbox)
    // A claim that fails while we are online is refused, whatever the broker's reason: asking again at once is no use.
    if (claim.held && why !== 'taken') this.#listener.mailboxLost(mailbox)
    else this.#listener.mailboxTaken(mailbox)
  }
}

/** One that carries nothing is tried again after the longest wait: it would take us in at once. */
const failuresOfSilent = 10

function troubleOf(why: RegistrationEnd): BrokerTrouble {
  if (why === 'lost') return 'unreachable'
  return why === 'taken' ? 'refusing' : why
}

/**
 * Milliseconds before the next attempt: doubling with each failure, and half of it left to chance, so that a broker
 * that comes back is not met by everyone at once.
 */
export function retryWaitMs(failuresBefore: number, random: Random): number {
  const waitMs = Math.min(limits.brokerRetryMaxMs, limits.brokerRetryMinMs * 2 ** failuresBefore)
  return waitMs / 2 + randomBelow(random, waitMs / 2)
}
