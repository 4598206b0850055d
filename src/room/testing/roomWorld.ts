import { parseShareId, type Millis, type PeerId, type ShareId } from '../../shared/ids.ts'
import type { Events } from '../../shared/events.ts'
import { limits } from '../../shared/limits.ts'
import { randomPeerId, seededRandom } from '../../shared/random.ts'
import { assert, unreachable } from '../../shared/result.ts'
import type { Letter, RoomEffect, RoomInput, RoomMessage, RoomReport } from '../io.ts'
import { relayOf } from '../messages.ts'
import { createRoom, type Room } from '../room.ts'
import { fakeAuthor, fakeHash, fakeOpen, fakeSeal, isOwnCard, signedCard } from './fakeSigning.ts'
import { createWorldBroker, doorMailbox, type BrokerClient, type WorldBroker } from './worldBroker.ts'
import { createWorldClock } from './worldClock.ts'
import { createWorldLinks, type LinkListener, type WorldLinks } from './worldLinks.ts'

/**
 * A world in virtual time for tests: tabs made of real room machines, brokers and links that behave as the real ones
 * do, and nothing of chance but the seed.
 */
export interface RoomWorld {
  /** Opens a tab. `fresh`: it makes the room. `online`: false leaves its brokers unreached until `goOnline`. */
  enter(name: string, options?: EnterOptions): Tab
  run(forMs: Millis): void
  now(): Millis
  /** For a hostile tab: what only it and its like need of the world. */
  hostile(tab: Tab): HostileWorld
  /** The day that most clocks show. */
  epoch(): number
  readonly brokers: readonly WorldBroker[]
  readonly links: WorldLinks
  /** At all brokers, or at one alone. */
  goOnline(tab: Tab, at?: number): void
  goOffline(tab: Tab): void
  leave(tab: Tab): void
  /** The tab is gone without a word, and its brokers do not know yet. */
  crash(tab: Tab): void
  /** The machine sleeps: nothing reaches the tab, and its sockets die. Its links look open to it when it wakes. */
  sleep(tab: Tab): void
  wake(tab: Tab): void
}

/** What a tab can do that does not keep to the protocol: its own ends, its own mailbox, and what went over the first broker. */
export interface HostileWorld {
  send(peer: PeerId, message: RoomMessage): void
  sendText(peer: PeerId, text: string): void
  /** Leaves anything in a mailbox of the first broker. */
  post(mailbox: string, sealed: string): void
  /** The first broker's mailboxes of everybody. */
  mailboxOf(peer: PeerId): string | null
  /** The number of the peer's newest card, as it signed it. */
  sequenceOf(peer: PeerId): number
  /** Hears of each letter that came to its mailbox, whomever it is for. */
  onLetter(heard: (letter: Letter) => void): void
}

/** A world of swarms in the same time and on the same links. */
export interface Beside extends LinkListener {
  readonly events: Events
  /** As the machine orders it. */
  performed(peer: PeerId, effect: RoomEffect): void
}

export interface WorldOptions {
  /** One where nothing is said. */
  readonly brokers?: number
  /** Half a day where nothing is said. */
  readonly untilMidnightMs?: Millis
  readonly beside?: Beside
  /** Words of members go over as they are, not as text that is read again: for rooms so large that nothing else is done. */
  readonly isVast?: boolean
}

export interface EnterOptions {
  /** Any where nothing is said. */
  readonly peer?: PeerId
  readonly fresh?: boolean
  readonly online?: boolean
  /** How much its clock is ahead of the others'. */
  readonly aheadMs?: Millis
  /** Its timers go off at multiples of this alone, as those of a hidden page do. */
  readonly timerGrainMs?: Millis
}

export interface Tab {
  readonly name: string
  readonly peer: PeerId
  readonly room: Room
  readonly reports: RoomReport[]
  /** Shares that it has heard of. */
  readonly shares: Set<ShareId>
  feed(input: RoomInput): void
  /** Peers it is linked with. */
  linkedWith(): PeerId[]
}

interface TabInside extends Tab {
  readonly clients: readonly BrokerClient[]
  state: 'awake' | 'asleep' | 'gone'
  onLetter: (letter: Letter) => void
  readonly timerGrainMs: Millis
  wakeAt: Millis
  sequence: number
}

/** What stands for a share's manifest. */
export const manifestOf = (share: ShareId): string => `${share} ${share}`

function shareOf(manifest: string): ShareId | null {
  const share = parseShareId(manifest.split(' ')[0])
  return share !== null && manifest === manifestOf(share) ? share : null
}

function letterCame(tab: TabInside, sealed: string): void {
  const letter = fakeOpen(sealed)
  if (letter === null) return
  tab.onLetter(letter)
  tab.feed({ type: 'letterArrived', letter })
}

export function createRoomWorld(
  seed: number,
  {
    brokers: brokerCount = 1,
    untilMidnightMs = limits.epochMs / 2,
    beside,
    isVast = false,
  }: WorldOptions = {},
): RoomWorld {
  /** The first is 1, so that there is a day before. */
  const epochAt = (nowMs: Millis): number => 2 + Math.floor((nowMs - untilMidnightMs) / limits.epochMs)
  const random = seededRandom(seed)
  const clock = createWorldClock(random, beside?.events)
  const brokers = Array.from({ length: brokerCount }, (_, broker) => createWorldBroker(clock, broker))
  const links = createWorldLinks(clock, random, isVast, beside)
  const tabs = new Map<PeerId, TabInside>()

  function perform(tab: TabInside, effect: RoomEffect): void {
    switch (effect.type) {
      case 'openLink':
        links.open(tab, effect.peer, effect.session, effect.initiator)
        break
      case 'signalLink':
        links.signal(tab, effect.session, effect.data)
        break
      case 'closeLink':
        links.close(tab, effect.session)
        break
      case 'restartLink':
        links.restart(tab, effect.session)
        break
      case 'send':
        links.send(tab, effect.peer, effect.message)
        break
      case 'sendLetter':
        sendLetter(tab, effect)
        break
      case 'signCard': {
        const card = signedCard(tab.peer, effect.content)
        tab.sequence = card.sequence
        clock.after(1, () => tab.feed({ type: 'cardSigned', card }))
        break
      }
      case 'checkCard': {
        const { from, card } = effect
        clock.after(1, () =>
          tab.feed(
            isOwnCard(card)
              ? { type: 'cardChecked', from, card }
              : { type: 'messageFaulted', peer: from, fault: 'a card that is not its own' },
          ),
        )
        break
      }
      case 'checkRelay': {
        const { from, message } = effect
        const author = fakeAuthor(message.sealed)
        clock.after(1, () =>
          tab.feed(
            author === null
              ? { type: 'messageFaulted', peer: from, fault: 'a letter that nobody signed' }
              : { type: 'relayChecked', from, author, message },
          ),
        )
        break
      }
      case 'openSealed':
        clock.after(1, () => letterCame(tab, effect.sealed))
        break
      case 'wakeAt':
        tab.wakeAt = effect.at
        clock.after(Math.ceil(effect.at / tab.timerGrainMs) * tab.timerGrainMs - clock.now(), () => {
          if (tab.wakeAt === effect.at) tab.feed({ type: 'woke' })
        })
        break
      case 'tellNeighbours':
        break
      case 'checkManifest': {
        // What a manifest is is none of the room's business: here it is the share's id, twice.
        const { from, manifest } = effect
        const share = shareOf(manifest)
        clock.after(1, () =>
          tab.feed(
            share === null
              ? { type: 'messageFaulted', peer: from, fault: 'no manifest' }
              : { type: 'manifestChecked', share, manifest },
          ),
        )
        break
      }
      case 'shareHeard': {
        const share = shareOf(effect.manifest)
        if (share !== null) tab.shares.add(share)
        break
      }
      case 'shareUnheard':
        tab.shares.delete(effect.share)
        break
      case 'report':
        tab.reports.push(effect.report)
        break
      case 'brokerSilent':
        atBroker(tab, effect.broker, (broker, client) => {
          broker.disconnect(client)
          clock.after(limits.brokerRetryMaxMs, () => broker.connect(client))
        })
        break
      case 'claimDoor':
      case 'releaseDoor':
        atBroker(tab, effect.broker, (broker, client) =>
          effect.type === 'claimDoor' ? broker.claim(client, effect) : broker.release(client, effect),
        )
        break
      default:
        unreachable(effect)
    }
  }

  function atBroker(
    tab: TabInside,
    at: number,
    act: (broker: WorldBroker, client: BrokerClient) => void,
  ): void {
    const [broker, client] = [brokers[at], tab.clients[at]]
    if (broker !== undefined && client !== undefined) act(broker, client)
  }

  function sendLetter(tab: TabInside, effect: RoomEffect & { type: 'sendLetter' }): void {
    const sealed = fakeSeal(tab.peer, effect.letter)
    const post = (at: number, mailbox: string): void =>
      atBroker(tab, at, (broker, client) => broker.post(client, mailbox, sealed))
    for (const { broker, mailbox } of effect.mailboxes) post(broker, mailbox)
    for (const at of effect.doors) post(at.broker, doorMailbox(at))
    const message = relayOf(limits.relayHopsMax, sealed)
    if (message !== null) for (const peer of effect.via) links.send(tab, peer, message)
  }

  function inside({ peer }: Tab): TabInside {
    const tab = tabs.get(peer)
    assert(tab !== undefined, 'a tab of another world')
    return tab
  }

  function forEachClient(tab: Tab, act: (broker: WorldBroker, client: BrokerClient) => void): void {
    for (const [index, broker] of brokers.entries()) {
      const client = inside(tab).clients[index]
      if (client !== undefined) act(broker, client)
    }
  }

  const goOnline = (tab: Tab, at?: number) =>
    forEachClient(tab, (broker, client) => {
      if (at === undefined || broker === brokers[at]) broker.connect(client)
    })

  return {
    enter(
      name,
      { fresh = false, online = true, aheadMs = 0, timerGrainMs = 1, peer = randomPeerId(random) } = {},
    ) {
      const room = createRoom({ self: peer, random: seededRandom(random()), hash: fakeHash })
      const feed = (input: RoomInput): void => {
        if (tab.state !== 'awake') return
        for (const effect of room.handle(input, clock.now())) {
          perform(tab, effect)
          beside?.performed(peer, effect)
        }
      }
      const clients = brokers.map((_, broker) => ({
        mailbox: `${name}-${broker}`,
        feed,
        sealedArrived: (sealed: string) => letterCame(tab, sealed),
      }))
      const linkedWith = () =>
        room.members().flatMap((member) => (member.state === 'direct' ? [member.peer] : []))
      const reports: RoomReport[] = []
      const tab: TabInside = {
        name,
        peer,
        room,
        reports,
        shares: new Set(),
        feed,
        linkedWith,
        clients,
        state: 'awake',
        onLetter: () => undefined,
        timerGrainMs,
        wakeAt: 0,
        sequence: 0,
      }
      tabs.set(peer, tab)
      const mailboxes = clients.map(({ mailbox }) => mailbox)
      const epoch = (): number => epochAt(clock.now() + aheadMs)
      const profile = { name, device: 'desktop' } as const
      feed({ type: 'started', fresh, profile, brokers: mailboxes, epoch: epoch() })
      const tellEpoch = (): void => {
        const leftMs = (epoch() - 1) * limits.epochMs + untilMidnightMs - clock.now() - aheadMs
        clock.after(leftMs, () => {
          feed({ type: 'epochChanged', epoch: epoch() })
          tellEpoch()
        })
      }
      tellEpoch()
      if (online) goOnline(tab)
      return tab
    },
    run: clock.run,
    now: clock.now,
    hostile: (tab) => ({
      send: (peer, message) => links.send(inside(tab), peer, message),
      sendText: (peer, text) => links.sendText(inside(tab), peer, text),
      post: (mailbox, sealed) =>
        atBroker(inside(tab), 0, (broker, client) => broker.post(client, mailbox, sealed)),
      mailboxOf: (peer) => tabs.get(peer)?.clients[0]?.mailbox ?? null,
      sequenceOf: (peer) => tabs.get(peer)?.sequence ?? -1,
      onLetter: (heard) => void (inside(tab).onLetter = heard),
    }),
    epoch: () => epochAt(clock.now()),
    brokers,
    links,
    goOnline,
    goOffline: (tab) => forEachClient(tab, (broker, client) => broker.disconnect(client)),
    leave(tab) {
      tab.feed({ type: 'left' })
      inside(tab).state = 'gone'
      forEachClient(tab, (broker, client) => broker.disconnect(client))
    },
    crash(tab) {
      inside(tab).state = 'gone'
      links.vanish(inside(tab))
      forEachClient(tab, (broker, client) => broker.disconnect(client, true))
    },
    sleep(tab) {
      inside(tab).state = 'asleep'
      forEachClient(tab, (broker, client) => broker.disconnect(client))
    },
    wake(tab) {
      inside(tab).state = 'awake'
      tab.feed({ type: 'woke' })
      for (const broker of brokers.keys()) tab.feed({ type: 'brokerOffline', broker })
      goOnline(tab)
    },
  }
}
