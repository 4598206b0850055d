import type { PeerId, ShareId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import type { RoomReport } from '../io.ts'
import { manifestOf, type RoomWorld, type Tab } from './roomWorld.ts'

export function crowd(world: RoomWorld, size: number, options: { readonly fresh?: boolean } = {}): Tab[] {
  return Array.from({ length: size }, (_, at) => world.enter(`tab${at}`, options))
}

/** So many come within the time, the first of them alone. */
export function gather(world: RoomWorld, size: number, withinMs = 10_000): Tab[] {
  const tabs = [world.enter('first', { fresh: true })]
  world.run(3000)
  for (let at = 1; at < size; at++) {
    tabs.push(world.enter(`tab${at}`))
    world.run(withinMs / size)
  }
  return tabs
}

/** The tab says that it gives the share, and nothing else. */
export function give(tab: Tab, share: ShareId): void {
  const fresh = [{ share, manifest: manifestOf(share) }]
  tab.feed({ type: 'sharesChanged', fresh, gone: [], given: [share], sought: [] })
}

/** Whether two tabs have one link and both know it. */
export const areLinked = (world: RoomWorld, a: Tab, b: Tab): boolean =>
  world.links.areJoined(a.peer, b.peer) && a.linkedWith().includes(b.peer) && b.linkedWith().includes(a.peer)

export function unlinkedPairs(world: RoomWorld, tabs: readonly Tab[]): string[] {
  return tabs.flatMap((a, at) =>
    tabs.slice(at + 1).flatMap((b) => (areLinked(world, a, b) ? [] : [`${a.name}-${b.name}`])),
  )
}

/** What keeps these tabs from being a whole room: pairs without a link, and strangers they believe in. */
export function linkFaults(world: RoomWorld, tabs: readonly Tab[]): string[] {
  const peers = new Set(tabs.map(({ peer }) => peer))
  const strangers = tabs.flatMap(({ name, room }) =>
    room.members().flatMap(({ peer, state }) => (peers.has(peer) ? [] : [`${name} has ${peer} ${state}`])),
  )
  return [...unlinkedPairs(world, tabs), ...strangers]
}

/** Doors of the first broker that any of these tabs holds. */
export function doorsHeldBy(world: RoomWorld, tabs: readonly Tab[]): number[] {
  const doors = Array.from({ length: limits.doors }, (_, door) => door)
  return doors.filter((door) => {
    const holder = world.brokers[0]?.holder({ broker: 0, door, epoch: world.epoch() })
    return holder !== undefined && tabs.some(({ name }) => holder.mailbox === `${name}-0`)
  })
}

/** What a tab's user was told of one peer, in order. */
export const told = (tab: Tab, of: PeerId): RoomReport['type'][] =>
  tab.reports.flatMap(({ type, peer }) => (peer === of && type !== 'memberLinked' ? [type] : []))

/** Whether its user was told of nobody that is lost, has left or was banned. */
export const isNobodyMissed = ({ reports }: Tab): boolean =>
  reports.every(({ type }) => type === 'memberJoined' || type === 'memberLinked')

/** The largest number of tabs that all reach each other over links. */
export function largestGroup(tabs: readonly Tab[]): number {
  const left = new Map(tabs.map((tab) => [tab.peer, tab]))
  let largest = 0
  for (const tab of tabs) {
    const reached = [tab]
    if (!left.delete(tab.peer)) continue
    for (const one of reached) {
      for (const peer of one.linkedWith()) {
        const next = left.get(peer)
        if (next === undefined) continue
        left.delete(peer)
        reached.push(next)
      }
    }
    largest = Math.max(largest, reached.length)
  }
  return largest
}

const listed = ({ room }: Tab): Set<PeerId> =>
  new Set(room.members().flatMap(({ peer, state }) => (state === 'lost' ? [] : [peer])))

/** Who lacks whom, or lists who is not there. */
export function listFaults(tabs: readonly Tab[]): string[] {
  return tabs.flatMap((tab) => {
    const seen = listed(tab)
    const missing = tabs.filter(({ peer }) => peer !== tab.peer && !seen.delete(peer))
    return [
      ...missing.map(({ name }) => `${tab.name} lacks ${name}`),
      ...[...seen].map((peer) => `${tab.name} lists ${peer}`),
    ]
  })
}
