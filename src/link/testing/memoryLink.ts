import type { Bytes } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import type {
  ConnectionView,
  Link,
  LinkFault,
  LinkListener,
  LinkOptions,
  LinkProof,
  SignalKind,
} from '../link.ts'
import { parseLinkSignal } from '../linkSignal.ts'
import { messageMaxIn } from '../messageParts.ts'
import { parseRestartWords, type RestartWords } from '../restartWords.ts'
import { MemoryChannel } from './memoryChannel.ts'
import { placeIn, sdpOf } from './memoryDescriptions.ts'

/**
 * Links inside the process, the twins of real ones: they meet by exchanging signals, and all they do they do by
 * microtask, one message each. Tests can hold what a link has to send, and break links.
 */
export class MemoryLinks {
  readonly #links: MemoryLink[] = []
  readonly #canMeet: (one: Link, other: Link) => boolean

  /** `canMeet`: whether there is a way between these two ends; else they signal in vain, as between two symmetric NATs. */
  constructor(canMeet: (one: Link, other: Link) => boolean = () => true) {
    this.#canMeet = canMeet
  }

  readonly open = (options: LinkOptions): Link => {
    const link: MemoryLink = new MemoryLink(options, this.#links.length, (place) => this.#across(link, place))
    this.#links.push(link)
    return link
  }

  #across(link: MemoryLink, place: number): MemoryLink | undefined {
    const other = this.#links[place]
    return other && this.#canMeet(link, other) ? other : undefined
  }

  /** Keeps what the link has to send, and its goodbye, until it is let go: a road without any speed. */
  hold(link: Link): void {
    this.#find(link).hold()
  }

  letGo(link: Link): void {
    this.#find(link).letGo()
  }

  /** The path is gone, and both browsers see it: nothing is carried until a restart finds another. */
  losePath(link: Link): void {
    this.#find(link).losePath()
  }

  /** As when a cable is pulled: both sides close with a fault, and what was on its way is lost. */
  break(link: Link): void {
    this.#find(link).break()
  }

  #find(link: Link): MemoryLink {
    assert(link instanceof MemoryLink, 'a link of this kind')
    return link
  }
}

type State =
  | { readonly name: 'signaling' }
  | { readonly name: 'open' | 'leaving'; readonly other: MemoryLink }
  | { readonly name: 'closed' }

/** Where Chromium gives a data channel up. */
const waitingMaxBytes = 16 * 1024 * 1024

class MemoryLink implements Link {
  readonly #listener: LinkListener
  readonly #initiator: boolean
  readonly #place: number
  readonly #linkAt: (place: number) => MemoryLink | undefined
  readonly #outbox: Bytes[] = []
  #state: State = { name: 'signaling' }
  #waitingBytes = 0
  #described = false
  #round = 0
  /** What the other side says it takes at once. Here it takes everything whole, but it has to say so. */
  #partMaxBytes = 0
  #held = false
  #carrying = false
  #isListeningToTell = false
  /** Bulk channels by lane, the first lane's from the beginning. */
  readonly #channels = new Map<number, MemoryChannel>()
  readonly #handOver: LinkOptions['handOver']
  readonly #proof: LinkProof
  #nextLane: number

  constructor(options: LinkOptions, place: number, linkAt: (place: number) => MemoryLink | undefined) {
    this.#listener = options.listener
    this.#initiator = options.initiator
    this.#place = place
    this.#linkAt = linkAt
    this.#handOver = options.handOver
    this.#proof = options.proof
    this.#nextLane = options.initiator ? 1 : 2
    this.#addChannel(0)
    if (options.initiator) this.#signalLater('offer', place)
  }

  get waitingBytes(): number {
    return this.#state.name === 'open' ? this.#waitingBytes : 0
  }

  signal(text: string): void {
    if (this.#state.name === 'leaving' || this.#state.name === 'closed') return
    const restart = this.#state.name === 'open' ? parseRestartWords(text) : null
    if (restart) return this.#restartHeard(restart)
    const signal = parseLinkSignal(text)
    if (!signal) return this.end({ code: 'badSignal', detail: 'not a signal' })
    if (signal.type === 'candidate') return
    if (signal.type !== (this.#initiator ? 'answer' : 'offer')) {
      return this.end({ code: 'badSignal', detail: `an ${signal.type} is for the other side` })
    }
    const place = placeIn(signal.sdp)
    if (place === null) return this.end({ code: 'badSignal', detail: 'a description of another kind' })
    if (this.#described) return
    this.#described = true
    this.#partMaxBytes = messageMaxIn(signal.sdp)
    if (this.#initiator) this.#meet(place)
    else this.#signalLater('answer', this.#place)
  }

  send(bytes: Bytes): void {
    if (this.#state.name !== 'open') return
    assert(bytes.length <= limits.messageSizeMaxBytes, `a message fits: ${bytes.length} bytes`)
    if (this.#waitingBytes + bytes.length > waitingMaxBytes) {
      return this.#endBoth({ code: 'channelFailed', detail: 'more waits than a channel holds' })
    }
    this.#outbox.push(bytes.slice())
    this.#waitingBytes += bytes.length
    this.#carryLater()
  }

  tellListening(): void {
    this.#isListeningToTell = true
    this.#tellListeningLater()
  }

  restart(): void {
    if (this.#state.name !== 'open') return
    if (this.#initiator) this.#sayRestart('restartOffer', ++this.#round)
    else this.#signalText('restart', JSON.stringify({ type: 'restartWanted' }))
  }

  openLane(): void {
    if (this.#state.name !== 'open' || this.#channels.size >= limits.lanesMax) return
    const { other } = this.#state
    const lane = this.#nextLane
    this.#nextLane += 2
    this.#addChannel(lane).meet(other.#addChannel(lane))
    this.#proveTo(other, lane).then(
      (areProven) => {
        for (const end of [this, other]) {
          if (areProven) end.#laneIsProven(lane)
          else end.#dropLane(lane)
        }
      },
      () => this.closeLane(lane),
    )
  }

  closeLane(lane: number): void {
    if (this.#state.name !== 'open') return
    const { other } = this.#state
    for (const end of [this, other]) end.#dropLane(lane)
  }

  close(): void {
    switch (this.#state.name) {
      case 'signaling':
        this.#state = { name: 'closed' }
        break
      case 'open':
        this.#state = { name: 'leaving', other: this.#state.other }
        this.#carryLater()
        break
      case 'leaving':
      case 'closed':
        return
    }
    queueMicrotask(() => this.#listener.closed(null))
  }

  hold(): void {
    this.#held = true
    for (const channel of this.#channels.values()) channel.hold()
  }

  letGo(): void {
    this.#held = false
    for (const channel of this.#channels.values()) channel.letGo()
    this.#carryLater()
  }

  losePath(): void {
    if (this.#state.name !== 'open') return
    for (const end of [this, this.#state.other]) {
      end.hold()
      queueMicrotask(() => end.#listener.pathLost())
    }
  }

  break(): void {
    this.#endBoth({ code: 'connectionFailed', detail: 'broken on purpose' })
  }

  end(fault: LinkFault | null): void {
    const { name } = this.#state
    this.#state = { name: 'closed' }
    for (const channel of this.#channels.values()) channel.close()
    if (name === 'signaling' || name === 'open') this.#listener.closed(fault)
  }

  #restartHeard(words: RestartWords): void {
    if (this.#state.name !== 'open') return
    if (this.#initiator === (words.type === 'restartOffer')) {
      return this.end({ code: 'badSignal', detail: `${words.type} from the wrong side` })
    }
    if (words.type === 'restartWanted') return this.restart()
    if (words.type === 'restartOffer') {
      if (words.round <= this.#round) return
      this.#round = words.round
      return this.#sayRestart('restartAnswer', words.round)
    }
    if (words.round !== this.#round) return
    for (const end of [this, this.#state.other]) {
      if (!end.#held) continue
      end.letGo()
      queueMicrotask(() => end.#listener.pathFound())
    }
  }

  #sayRestart(type: 'restartOffer' | 'restartAnswer', round: number): void {
    this.#signalText(
      'restart',
      JSON.stringify({ type, round, sdp: sdpOf(type === 'restartOffer' ? 'offer' : 'answer', this.#place) }),
    )
  }

  #signalText(kind: SignalKind, text: string): void {
    queueMicrotask(() => {
      if (this.#state.name === 'open') this.#listener.signaled(kind, text)
    })
  }

  #signalLater(type: 'offer' | 'answer', place: number): void {
    queueMicrotask(() => {
      if (this.#state.name !== 'signaling') return
      this.#listener.signaled(type, JSON.stringify({ type, sdp: sdpOf(type, place) }))
    })
  }

  #meet(place: number): void {
    const other = this.#linkAt(place)
    if (!other || other === this) return
    if (this.#state.name !== 'signaling' || other.#state.name !== 'signaling') return
    this.#proveTo(other, 0).then(
      (areProven) => {
        if (this.#state.name !== 'signaling' || other.#state.name !== 'signaling') return
        this.#openWith(other)
        other.#openWith(this)
        if (!areProven) this.#endBoth({ code: 'notProven', detail: 'not signed by whom it is for' })
      },
      (error: unknown) => this.end({ code: 'notProven', detail: String(error) }),
    )
  }

  /** Whether each has signed what the other sees. We have offered the link. */
  async #proveTo(other: MemoryLink, lane: number): Promise<boolean> {
    const view: ConnectionView = {
      lane,
      offered: `memory ${this.#place}`,
      answered: `memory ${other.#place}`,
    }
    const [ours, theirs] = await Promise.all([this.#proof.sign(view), other.#proof.sign(view)])
    const checked = await Promise.all([this.#proof.check(view, theirs), other.#proof.check(view, ours)])
    return checked.every(Boolean)
  }

  #openWith(other: MemoryLink): void {
    this.#state = { name: 'open', other }
    queueMicrotask(() => {
      if (this.#state.name !== 'open') return
      if (this.#partMaxBytes < limits.channelMessageMinBytes) {
        return this.#endBoth({ code: 'messagesTooSmall', detail: `${this.#partMaxBytes} bytes` })
      }
      if (this.#initiator) this.#channels.get(0)?.meet(other.#channels.get(0))
      this.#listener.opened('direct', this.#partMaxBytes)
      this.#tellListeningLater()
    })
  }

  #addChannel(lane: number): MemoryChannel {
    const channel = new MemoryChannel()
    if (this.#held) channel.hold()
    this.#channels.set(lane, channel)
    this.#handOver(lane, channel)
    return channel
  }

  #dropLane(lane: number): void {
    const channel = this.#channels.get(lane)
    if (!channel || lane === 0) return
    this.#channels.delete(lane)
    channel.close()
    if (this.#state.name !== 'open') return
    this.#listener.laneClosed(lane)
    this.#tellLanesLater()
  }

  #laneIsProven(lane: number): void {
    if (this.#state.name !== 'open' || !this.#channels.has(lane)) return
    this.#listener.laneProven(lane)
    this.#tellLanesLater()
  }

  #tellLanesLater(): void {
    queueMicrotask(() => {
      if (this.#state.name === 'open') this.#listener.lanesChanged(this.#channels.size)
    })
  }

  /** Goes the way of messages, after those that were sent before. */
  #tellListeningLater(): void {
    if (!this.#isListeningToTell || this.#state.name !== 'open') return
    this.#isListeningToTell = false
    const { other } = this.#state
    queueMicrotask(() =>
      queueMicrotask(() => {
        if (other.#state.name === 'open') other.#listener.otherListens()
      }),
    )
  }

  #carryLater(): void {
    if (this.#carrying || this.#held) return
    this.#carrying = true
    queueMicrotask(() => {
      this.#carrying = false
      this.#carryOne()
    })
  }

  #carryOne(): void {
    if (this.#held || (this.#state.name !== 'open' && this.#state.name !== 'leaving')) return
    const { other } = this.#state
    const bytes = this.#outbox.shift()
    if (!bytes) {
      if (this.#state.name === 'leaving') this.#endBoth(null)
      return
    }
    this.#waitingBytes -= bytes.length
    this.#carryLater()
    if (other.#state.name === 'open') other.#listener.messageArrived(bytes)
  }

  #endBoth(fault: LinkFault | null): void {
    const other = 'other' in this.#state ? this.#state.other : null
    this.end(fault)
    other?.end(fault)
  }
}
