import { base64UrlFromBytes, bytesFromBase64Url, textFromUtf8, utf8FromText } from '../../shared/bytes.ts'
import type { Millis, PeerId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { randomPeerId, seededRandom } from '../../shared/random.ts'
import { assert, unreachable } from '../../shared/result.ts'
import type { Letter, RoomEffect, RoomInput, RoomReport } from '../io.ts'
import { decodeLetter, encodeLetter } from '../letters.ts'
import { createRoom, type Room } from '../room.ts'
import { createWorldBroker, doorMailbox, type BrokerClient, type WorldBroker } from './worldBroker.ts'
import { createWorldClock } from './worldClock.ts'
import { createWorldLinks, type LinkOwner, type WorldLinks } from './worldLinks.ts'

/**
 * A world in virtual time for tests: tabs made of real room machines, brokers and links that behave as the real ones
 * do, and nothing of chance but the seed.
 */
export interface RoomWorld {
  /** Opens a tab. `fresh`: it makes the room. `online`: false leaves its brokers unreached until `goOnline`. */
  enter(name: string, options?: { readonly fresh?: boolean; readonly online?: boolean }): Tab
  run(forMs: Millis): void
  now(): Millis
  readonly brokers: readonly WorldBroker[]
  readonly links: WorldLinks
  goOnline(tab: Tab): void
  goOffline(tab: Tab): void
  leave(tab: Tab): void
  /** The tab is gone without a word, and its brokers do not know yet. */
  crash(tab: Tab): void
  /** The machine sleeps: nothing reaches the tab, and its sockets die. Its links look open to it when it wakes. */
  sleep(tab: Tab): void
  wake(tab: Tab): void
}

export interface Tab {
  readonly name: string
  readonly peer: PeerId
  readonly room: Room
  readonly reports: RoomReport[]
  feed(input: RoomInput): void
  /** Peers it is linked with. */
  linkedWith(): PeerId[]
}

interface TabInside extends Tab {
  readonly clients: readonly BrokerClient[]
  state: 'awake' | 'asleep' | 'gone'
  wakeAt: Millis
}

/** Sealing keeps a letter from others' eyes; here it only makes it look the same. */
const seal = (letter: Letter): string => base64UrlFromBytes(utf8FromText(encodeLetter(letter)))

function unseal(sealed: string): Letter | null {
  const text = textFromUtf8(bytesFromBase64Url(sealed) ?? new Uint8Array())
  const letter = decodeLetter(text ?? '')
  return letter.ok ? letter.value : null
}

function letterCame(tab: Tab, sealed: string): void {
  const letter = unseal(sealed)
  if (letter !== null) tab.feed({ type: 'letterArrived', letter })
}

export function createRoomWorld(seed: number, brokerCount = 1): RoomWorld {
  const random = seededRandom(seed)
  const clock = createWorldClock(random)
  const brokers = Array.from({ length: brokerCount }, (_, broker) => createWorldBroker(clock, broker))
  const links = createWorldLinks(clock, random)
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
      case 'send':
        links.send(tab, effect.peer, effect.message)
        break
      case 'relay':
        relay(tab, effect.via, effect.to, effect.letter)
        break
      case 'openSealed':
        clock.after(1, () => letterCame(tab, effect.sealed))
        break
      case 'wakeAt':
        tab.wakeAt = effect.at
        clock.after(effect.at - clock.now(), () => {
          if (tab.wakeAt === effect.at) tab.feed({ type: 'woke' })
        })
        break
      case 'report':
        tab.reports.push(effect.report)
        break
      default:
        performAtBroker(tab, effect)
    }
  }

  type BrokerEffect = Extract<RoomEffect, { type: 'post' | 'postToDoor' | 'claimDoor' | 'releaseDoor' }>

  function performAtBroker(tab: TabInside, effect: BrokerEffect): void {
    const broker = brokers[effect.broker]
    const client = tab.clients[effect.broker]
    if (broker === undefined || client === undefined) return
    switch (effect.type) {
      case 'post':
        broker.post(client, effect.mailbox, seal(effect.letter))
        break
      case 'postToDoor':
        broker.post(client, doorMailbox(effect.door), seal(effect.letter))
        break
      case 'claimDoor':
        broker.claim(client, effect.door)
        break
      case 'releaseDoor':
        broker.release(client, effect.door)
        break
      default:
        unreachable(effect)
    }
  }

  function relay(tab: LinkOwner, via: readonly PeerId[], to: PeerId, letter: Letter): void {
    const hops = limits.relayHopsMax
    for (const peer of via)
      links.send(tab, peer, { type: 'relay', id: letter.id, to, hops, sealed: seal(letter) })
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

  const goOnline = (tab: Tab) => forEachClient(tab, (broker, client) => broker.connect(client))

  return {
    enter(name, { fresh = false, online = true } = {}) {
      const peer = randomPeerId(random)
      const room = createRoom({ self: peer, random: seededRandom(random()) })
      const feed = (input: RoomInput): void => {
        if (tab.state !== 'awake') return
        for (const effect of room.handle(input, clock.now())) perform(tab, effect)
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
        feed,
        linkedWith,
        clients,
        state: 'awake',
        wakeAt: 0,
      }
      tabs.set(peer, tab)
      const mailboxes = clients.map(({ mailbox }) => mailbox)
      feed({ type: 'started', fresh, profile: { name, device: 'desktop' }, brokers: mailboxes })
      if (online) goOnline(tab)
      return tab
    },
    run: clock.run,
    now: clock.now,
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
