import type { RoomInput } from '../io.ts'
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
  claim(client: BrokerClient, door: number): void
  release(client: BrokerClient, door: number): void
  /** Everyone is thrown out, and let in again when it is up. */
  setUp(up: boolean): void
  holder(door: number): BrokerClient | undefined
  /** Signals carried so far. */
  posted(): number
}

export const doorMailbox = (door: number): string => `door-${door}`

export function createWorldBroker(clock: WorldClock, broker: number): WorldBroker {
  /** Null for an id whose holder is gone unnoticed. */
  const holders = new Map<string, BrokerClient | null>()
  const clients = new Set<BrokerClient>()
  const online = new Set<BrokerClient>()
  let isUp = true
  let posted = 0

  function admit(client: BrokerClient): void {
    clock.after(clock.anyDelay(), () => {
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
      if (!online.has(from)) return
      clock.after(clock.anyDelay(), () => {
        const holder = holders.get(to)
        if (holder !== undefined && holder !== null && online.has(holder)) holder.sealedArrived(sealed)
      })
    },
    claim(client, door) {
      clock.after(clock.anyDelay(), () => {
        if (!online.has(client)) return
        const isFree = !holders.has(doorMailbox(door))
        if (isFree) holders.set(doorMailbox(door), client)
        clock.after(clock.anyDelay(), () => {
          if (online.has(client)) client.feed({ type: isFree ? 'doorHeld' : 'doorTaken', broker, door })
        })
      })
    },
    release(client, door) {
      if (holders.get(doorMailbox(door)) === client) holders.delete(doorMailbox(door))
    },
    setUp(up) {
      isUp = up
      if (!up) for (const client of online) dismiss(client, false)
      if (up) for (const client of clients) admit(client)
    },
    holder: (door) => holders.get(doorMailbox(door)) ?? undefined,
    posted: () => posted,
  }
}
