import type { DoorAt, RoomInput } from '../io.ts'
import type { WorldClock } from './worldClock.ts'

/** A tab as the broker sees it. */
export interface BrokerClient {
  readonly mailbox: string
  feed(input: RoomInput): void
  sealedArrived(sealed: string): void
}

/** A PeerServer in virtual time: ids held by whoever came first, signals to absent ones lost. */
export interface WorldBroker {
  connect(client: BrokerClient): void
  /** The socket is gone. With `ghost` the broker has not noticed and keeps the ids taken. */
  disconnect(client: BrokerClient, ghost?: boolean): void
  post(from: BrokerClient, to: string, sealed: string): void
  claim(client: BrokerClient, at: DoorAt): void
  release(client: BrokerClient, at: DoorAt): void
  /** Everyone is thrown out, and let in again when it is up. */
  setUp(up: boolean): void
  holder(at: DoorAt): BrokerClient | undefined
  /** Keeps all sockets, and carries nothing. */
  swallow(all: boolean): void
  /** Answers everything so many times as slowly as it did. */
  slowDown(times: number): void
  /** Signals carried so far. */
  posted(): number
  /** The same, of one client. */
  postedBy(client: Pick<BrokerClient, 'mailbox'>): number
  /** A hostile broker: what it carried, and a way to leave anything anywhere. */
  recorded(): readonly { readonly to: string; readonly sealed: string }[]
  slip(to: string, sealed: string): void
}

/** Letters that a broker remembers. */
const recordsMax = 3000

export const doorMailbox = ({ door, epoch }: DoorAt): string => `door-${epoch}-${door}`

export function createWorldBroker(clock: WorldClock, broker: number): WorldBroker {
  /** Null for an id whose holder is gone unnoticed. */
  const holders = new Map<string, BrokerClient | null>()
  const clients = new Set<BrokerClient>()
  const online = new Set<BrokerClient>()
  let isUp = true
  let posted = 0
  let slowness = 1
  let swallows = false
  const postedBy = new Map<string, number>()
  const records: { readonly to: string; readonly sealed: string }[] = []

  const anyDelay = (): number => slowness * clock.anyDelay()

  function admit(client: BrokerClient): void {
    clock.after(anyDelay(), () => {
      if (!isUp || !clients.has(client) || online.has(client)) return
      online.add(client)
      holders.set(client.mailbox, client)
      client.feed({ type: 'brokerOnline', broker })
    })
  }

  function dismiss(client: BrokerClient, ghost: boolean): void {
    online.delete(client)
    for (const [id, holder] of holders) {
      if (holder !== client) continue
      if (ghost) holders.set(id, null)
      else holders.delete(id)
    }
    client.feed({ type: 'brokerOffline', broker })
  }

  return {
    connect(client) {
      clients.add(client)
      admit(client)
    },
    disconnect(client, ghost = false) {
      clients.delete(client)
      dismiss(client, ghost)
    },
    post(from, to, sealed) {
      posted++
      postedBy.set(from.mailbox, (postedBy.get(from.mailbox) ?? 0) + 1)
      records.push({ to, sealed })
      if (records.length > recordsMax) records.shift()
      if (!online.has(from) || swallows) return
      clock.after(anyDelay(), () => {
        const holder = holders.get(to)
        if (holder !== undefined && holder !== null && online.has(holder)) holder.sealedArrived(sealed)
      })
    },
    claim(client, at) {
      clock.after(anyDelay(), () => {
        if (!online.has(client)) return
        const isFree = !holders.has(doorMailbox(at))
        if (isFree) holders.set(doorMailbox(at), client)
        clock.after(anyDelay(), () => {
          if (online.has(client)) client.feed({ ...at, type: isFree ? 'doorHeld' : 'doorTaken' })
        })
      })
    },
    release(client, at) {
      if (holders.get(doorMailbox(at)) === client) holders.delete(doorMailbox(at))
    },
    setUp(up) {
      isUp = up
      if (!up) for (const client of online) dismiss(client, false)
      if (up) for (const client of clients) admit(client)
    },
    holder: (at) => holders.get(doorMailbox(at)) ?? undefined,
    swallow: (all) => void (swallows = all),
    slowDown: (times) => void (slowness = times),
    posted: () => posted,
    postedBy: ({ mailbox }) => postedBy.get(mailbox) ?? 0,
    recorded: () => records,
    slip(to, sealed) {
      const holder = holders.get(to)
      if (holder) holder.sealedArrived(sealed)
    },
  }
}
