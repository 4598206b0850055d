import type { Crypto, RoomKeys } from '../crypto/crypto.ts'
import type { Identity } from '../crypto/identity.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import type { IceSettings, OpenLink } from '../link/link.ts'
import type {
  MemberSnapshot,
  Misdeed,
  Profile,
  RoomEffect,
  RoomInput,
  RoomMessage,
  RoomReport,
} from '../room/io.ts'
import { encodeRoomMessage, relayOf } from '../room/messages.ts'
import { createQuota, type Quota } from '../room/quota.ts'
import { createRoom, type Room } from '../room/room.ts'
import { base64UrlFromBytes, bytesFromBase64Url, utf8FromText, type Bytes } from '../shared/bytes.ts'
import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { unreachable } from '../shared/result.ts'
import { decodeManifest, type Manifest } from '../swarm/manifest.ts'
import type { OpenSignaling, SignalingState } from '../signaling/signaling.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import { guardWith, type Guard } from '../shared/guard.ts'
import { inOrder } from '../shared/inOrder.ts'
import { HandPort } from './handPort.ts'
import { LetterOffice } from './letterOffice.ts'
import { RoomBrokers } from './roomBrokers.ts'
import { RoomLinks, type BulkHost } from './roomLinks.ts'
import { knownShare } from './roomShares.ts'
import { SleepWatch } from './sleepWatch.ts'
import type { BrokerView } from './view.ts'

export interface RoomDriverOptions {
  readonly identity: Identity
  readonly profile: Profile
  readonly fresh: boolean
  readonly random: Random
  readonly clock: Clock
  /** Milliseconds since 1970, as this device has it. */
  readonly wallMs: () => number
  readonly crypto: Crypto
  readonly keys: RoomKeys
  readonly brokers: readonly OpenSignaling[]
  /** What people know each by. */
  readonly brokerNames: readonly string[]
  readonly openLink: OpenLink
  readonly ice: { readonly settings: () => IceSettings; resumed(): void }
  readonly bulk: BulkHost
  readonly log: Log
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
  readonly listener: RoomDriverListener
}

/** What the rest of the session gets to know of the room. */
export interface RoomDriverListener {
  reported(report: RoomReport): void
  /** No way was found to a peer that is there. */
  blocked(peer: PeerId): void
  /** Members or brokers look different now. */
  changed(): void
}

/** Carries out what the room machine orders: seals and opens letters, posts them, opens and closes links. */
export class RoomDriver {
  readonly #options: RoomDriverOptions
  readonly #guard: Guard
  readonly #room: Room
  readonly #alarm: Alarm
  readonly #sleep: SleepWatch
  readonly #brokers: RoomBrokers
  readonly #links: RoomLinks
  readonly #letters: LetterOffice
  /** The way in that needs no broker. */
  readonly byHand: HandPort
  #lettersRefused = 0
  readonly #lettersFromBrokers: Quota<'all'>
  #epoch: number

  constructor(options: RoomDriverOptions) {
    const { brokers, clock, keys } = options
    this.#options = options
    this.#epoch = epochAt(options.wallMs())
    this.#guard = guardWith(options.bugFound)
    this.#letters = new LetterOffice(options)
    const time = {
      get now() {
        return clock.now()
      },
    }
    this.#lettersFromBrokers = createQuota(time, { countMax: limits.lettersPerTenSecondsMax })
    this.#room = createRoom({
      self: options.identity.peer,
      random: options.random,
      hash: (text) => base64UrlFromBytes(sha256AtOnce(utf8FromText(text))),
    })
    this.#alarm = new Alarm(clock)
    this.#sleep = new SleepWatch(clock, options.wallMs)
    const shared = { ...options, guard: this.#guard, feed: this.handle }
    this.#links = new RoomLinks({
      ...shared,
      ice: options.ice.settings,
      blocked: (peer) => options.listener.blocked(peer),
      proofOf: (...link) => this.#letters.proofOf(...link),
    })
    this.byHand = new HandPort({ ...shared, letters: this.#letters, links: this.#links })
    this.#brokers = new RoomBrokers({
      ...shared,
      brokers,
      doorMailbox: (...at) => keys.door(...at),
      sealedArrived: (sealed) => this.#whenDone(this.#unseal(sealed)),
    })
    this.handle({
      type: 'started',
      fresh: options.fresh,
      profile: options.profile,
      brokers: this.#brokers.mailboxes(),
      epoch: this.#epoch,
    })
  }

  members(): MemberSnapshot[] {
    return this.#room.members()
  }

  /** Members that give the share, as they say: in a large room, linked with us or not. */
  giversOf(share: ShareId): ReadonlySet<PeerId> {
    return this.#room.giversOf(share)
  }

  /** The best that any broker is; offline when there is none. */
  signalingState(): SignalingState {
    return this.#brokers.state()
  }

  /** Each broker, in the order of the settings. */
  brokers(): readonly BrokerView[] {
    return this.#brokers.each()
  }

  /** What the one that moves bytes has to say of links. */
  get links(): Pick<RoomLinks, 'listening' | 'openLane' | 'closeLane' | 'bulkFailed' | 'lanes'> {
    return this.#links
  }

  /** Peers that were heard over their bulk channels lately. */
  heard(peers: readonly PeerId[]): void {
    for (const peer of peers) this.handle({ type: 'peerHeard', peer })
  }

  /** The swarm caught the peer at what no honest one does: its link ends, and it stays out for a while. */
  ban(peer: PeerId, why: Misdeed): void {
    this.#options.log('warning', 'a peer is banned', { peer, why })
    this.handle({ type: 'peerMisbehaved', peer, why })
  }

  /** The page woke, came back to the front, or got a network. */
  resume(): void {
    this.#options.ice.resumed()
    this.#brokers.retryNow()
    this.handle({ type: 'resumed' })
  }

  leave(): void {
    this.handle({ type: 'left' })
    this.#alarm.stop()
    this.#brokers.close()
  }

  /** Hands the machine an input and carries out what it orders: each order for itself, so that a bug in one does not lose the others. */
  readonly handle = inOrder<RoomInput>(
    (input) => {
      const carryOut = this.#guard((effect: RoomEffect) => this.#carryOut(effect))
      for (const effect of this.#room.handle(input, this.#options.clock.now())) carryOut(effect)
    },
    () => this.#guard(() => this.#options.listener.changed())(),
    (error) => this.#options.bugFound(error),
  )

  #carryOut(effect: RoomEffect): void {
    switch (effect.type) {
      case 'openLink':
        return effect.byHand
          ? this.#links.openByHand(effect.peer, effect.session, effect.initiator)
          : this.#links.open(effect.peer, effect.session, effect.initiator)
      case 'signalLink':
        return this.#links.signal(effect.peer, effect.session, effect.data)
      case 'restartLink':
        return this.#links.restart(effect.peer, effect.session)
      case 'closeLink':
        return this.#links.close(effect.peer, effect.session, effect.reason)
      case 'send':
        if (effect.message.type === 'relay') this.#options.bulk.sentElsewhere(effect.message.sealed.length)
        return this.#say(effect.peer, effect.message)
      case 'sendLetter':
        return this.#whenDone(this.#sendLetter(effect))
      case 'openSealed':
        return this.#whenDone(this.#letterCame(bytesFromBase64Url(effect.sealed)))
      case 'signCard':
        return this.#whenDone(this.#signCard(effect))
      case 'checkCard':
        return this.#whenDone(this.#checkCard(effect))
      case 'checkRelay':
        return this.#whenDone(this.#checkRelay(effect))
      case 'tellNeighbours':
        return this.#options.bulk.neighboursHeard(effect.peer, effect.neighbours)
      case 'checkManifest':
        return this.#checkManifest(effect)
      case 'shareHeard': {
        const manifest = manifestIn(effect.manifest)
        if (manifest) this.#options.bulk.shareHeard(manifest)
        return
      }
      case 'shareUnheard':
        return this.#options.bulk.shareUnheard(effect.share)
      case 'brokerSilent':
        return this.#brokers.leave(effect.broker)
      case 'claimDoor':
        return this.#brokers.claim(effect)
      case 'releaseDoor':
        return this.#brokers.release(effect)
      case 'wakeAt':
        return this.#wakeAt(effect)
      case 'report':
        return this.#options.listener.reported(effect.report)
      default:
        return unreachable(effect)
    }
  }

  /** What others make us answer or pass on stops where the link does not drain: they would fill our memory with it. */
  #say(peer: PeerId, message: RoomMessage): void {
    const isEvoked = message.type === 'pong' || message.type === 'relay'
    if (isEvoked && this.#links.waitingBytes(peer) > limits.linkBacklogMaxBytes) return
    this.#links.send(peer, utf8FromText(encodeRoomMessage(message)))
  }

  /** Nobody waits for this work; that it fails is a bug of ours. */
  #whenDone(work: Promise<void>): void {
    work.catch(this.#options.bugFound)
  }

  #wakeAt({ at, why }: RoomEffect & { type: 'wakeAt' }): void {
    const { clock } = this.#options
    const dueAt = Math.max(at, clock.now())
    this.#alarm.setAt(dueAt, () => this.#woke(why, clock.now() - dueAt))
  }

  #woke(why: string, lateMs: Millis): void {
    // Pings are the room's heartbeat, and would crowd out all else.
    if (why !== 'ping') this.#options.log('debug', 'the room wakes', { why })
    this.#tellEpoch()
    // Where the page's clock goes on in a sleep, the timer is late instead.
    const sleptMs = this.#sleep.sleptMs() + lateMs
    if (sleptMs >= limits.sleptMinMs) this.#slept(sleptMs)
    this.handle({ type: 'woke' })
  }

  #slept(sleptMs: number): void {
    this.#options.log('info', 'the device slept', { sleptMs })
    this.resume()
  }

  /** A room wakes every few seconds, so it hears of a new day soon enough. */
  #tellEpoch(): void {
    const epoch = epochAt(this.#options.wallMs())
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    this.handle({ type: 'epochChanged', epoch })
  }

  /** Sealed once more for brokers, which learn neither who writes nor who reads. */
  async #sendLetter({
    letter,
    card,
    mailboxes,
    doors,
    via,
  }: RoomEffect & { type: 'sendLetter' }): Promise<void> {
    const written = await this.#letters.write(letter, card)
    if (written === null) {
      this.#options.log('warning', 'a letter cannot be sealed', { to: letter.to, signal: letter.signal.type })
      return
    }
    const message = relayOf(limits.relayHopsMax, base64UrlFromBytes(written))
    if (message !== null) for (const peer of via) this.#say(peer, message)
    if (mailboxes.length + doors.length === 0) return
    const sealed = await this.#options.keys.seal(written)
    for (const { broker, mailbox } of mailboxes) this.#brokers.post(broker, mailbox, sealed)
    for (const at of doors) this.#brokers.postToDoor(at, sealed)
  }

  /** Whoever knows a mailbox can fill it: what is too much is not looked at. */
  async #unseal(sealed: Bytes): Promise<void> {
    if (!this.#lettersFromBrokers.allows('all')) return this.#letterRefused('too many')
    return this.#letterCame(await this.#options.keys.open(sealed))
  }

  async #letterCame(bytes: Bytes | null): Promise<void> {
    const letter = bytes && (await this.#letters.read(bytes))
    if (letter) this.handle({ type: 'letterArrived', letter })
    else this.#letterRefused(bytes ? 'not signed, or for another' : 'sealed otherwise')
  }

  async #signCard({ content }: RoomEffect & { type: 'signCard' }): Promise<void> {
    this.handle({ type: 'cardSigned', card: await this.#letters.signCard(content) })
  }

  async #checkCard({ from, card }: RoomEffect & { type: 'checkCard' }): Promise<void> {
    if (await this.#letters.isOwn(card)) this.handle({ type: 'cardChecked', from, card })
    else this.#faulted(from, 'a card that is not its own')
  }

  #checkManifest({ from, manifest: text }: RoomEffect & { type: 'checkManifest' }): void {
    const manifest = manifestIn(text)
    // As we write it: what somebody has added means nothing.
    if (manifest) this.handle({ type: 'manifestChecked', ...knownShare(manifest) })
    else this.#faulted(from, 'a manifest that is none')
  }

  async #checkRelay({ from, message }: RoomEffect & { type: 'checkRelay' }): Promise<void> {
    const author = await this.#letters.writer(bytesFromBase64Url(message.sealed) ?? new Uint8Array())
    if (author !== null) this.handle({ type: 'relayChecked', from, author, message })
    else this.#faulted(from, 'a letter that nobody signed')
  }

  #faulted(peer: PeerId, fault: string): void {
    this.#options.log('info', 'a room message that cannot be true', { peer, fault })
    this.handle({ type: 'messageFaulted', peer, fault })
  }

  /** Whoever knows the doors can leave any number of these: only the first, second, fourth, eighth and so on is noted. */
  #letterRefused(why: string): void {
    this.#lettersRefused++
    const isPowerOfTwo = Number.isInteger(Math.log2(this.#lettersRefused))
    if (isPowerOfTwo) this.#options.log('info', 'a letter is refused', { why, soFar: this.#lettersRefused })
  }
}

const manifestIn = (text: string): Manifest | null => decodeManifest(utf8FromText(text), sha256AtOnce)

const epochAt = (wallMs: number): number => Math.floor(wallMs / limits.epochMs)
