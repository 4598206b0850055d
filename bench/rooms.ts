/**
 * `npm run rooms -- --members 12,16,100,1000`: rooms of so many members in virtual time, made of real room machines: how soon all are in,
 * what they say to each other when nothing happens and when many give something, what the broker carries, what becomes of the room when it
 * is in two parts for half a minute and when many leave at once, and what one machine takes of memory. A thousand take half an hour and
 * more, and some 4 GB.
 */
import { parseArgs } from 'node:util'
import { limits } from '../src/shared/limits.ts'
import { randomShareId, seededRandom } from '../src/shared/random.ts'
import { createRoomWorld, type RoomWorld, type Tab } from '../src/room/testing/roomWorld.ts'
import { gather, give, largestGroup, listFaults } from '../src/room/testing/worldChecks.ts'
import { memoryOf } from './roomMemory.ts'

const second = 1000
const minute = 60 * second
/** In a larger world members hand their words over as they are. */
const vastMembersMin = 200

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '12,16,100' },
    seed: { type: 'string', default: '1' },
    /** All come within so many seconds. */
    within: { type: 'string', default: '60' },
    /** Minutes in which nothing happens. */
    rest: { type: 'string', default: '10' },
    /** Of all so many are gone at once, without a word; a tenth where nothing is said. */
    leave: { type: 'string' },
    /** In a large room so many members, or all, give something each at the same time. */
    shares: { type: 'string', default: '500' },
  },
})

const say = (what: string, figures: string): void => console.log(`  ${what.padEnd(34)} ${figures}`)
const seconds = (ms: number): string => `${(ms / second).toFixed(1)} s`
const count = (number: number): string => number.toFixed(number < 10 ? 1 : 0)

function measure(size: number, seed: number): void {
  const startedAt = performance.now()
  const world = createRoomWorld(seed, { isVast: size >= vastMembersMin })
  console.log(`${size} members within ${values.within} s, seed ${seed}`)
  const tabs = measureComing(world, size)
  measureRest(world, tabs)
  // In a small room shares are none of the room machine's business.
  const givers = size > limits.membersMax ? tabs.slice(0, Number(values.shares)) : []
  if (givers.length > 0) measureShares(world, tabs, givers)
  measureParting(world, tabs)
  measureLeaving(world, tabs, Number(values.leave ?? size / 10))
  say('memory of one machine', `${(memoryOf(size, givers.length) / 1e6).toFixed(1)} MB`)
  say('took', seconds(performance.now() - startedAt))
}

function measureComing(world: RoomWorld, size: number): Tab[] {
  const said = spoken(world, size)
  const tabs = gather(world, size, Number(values.within) * second)
  const listedMs = settle(world, () => listFaults(tabs).length === 0)
  say('all listed by all', `${seconds(listedMs)} after the last came`)
  world.run(2 * minute)
  say('until two minutes later', `${said()}, ${count(posted(world) / size)} broker letters a member`)
  return tabs
}

function measureRest(world: RoomWorld, tabs: readonly Tab[]): void {
  const before = posted(world)
  const said = spoken(world, tabs.length)
  const restMs = Number(values.rest) * minute
  world.run(restMs)
  const lettersAnHour = ((posted(world) - before) * 60 * minute) / restMs
  const links = tabs.map((tab) => tab.linkedWith().length)
  const mean = links.reduce((a, b) => a + b) / tabs.length
  const opened = tabs.reduce((sum, tab) => sum + world.links.openedBy(tab), 0)
  say(`at rest for ${values.rest} min`, said())
  say(
    'broker letters an hour',
    `${count(lettersAnHour)}, ${(lettersAnHour / tabs.length).toFixed(1)} a member`,
  )
  say('links least, mean, most', `${Math.min(...links)}, ${mean.toFixed(1)}, ${Math.max(...links)}`)
  say('connections made a member', count(opened / tabs.length))
}

function measureShares(world: RoomWorld, tabs: readonly Tab[], givers: readonly Tab[]): void {
  const said = spoken(world, tabs.length)
  const random = seededRandom(1)
  for (const tab of givers) give(tab, randomShareId(random))
  const isKnown = (tab: Tab): boolean => tab.shares.size === givers.length - (givers.includes(tab) ? 1 : 0)
  const knownMs = settle(world, () => tabs.every(isKnown))
  say(`${givers.length} shares known to all`, `${seconds(knownMs)} after they are given`)
  world.run(minute)
  say('until a minute later', said())
}

const partedMs = 30 * second

/** Between one half and the other nothing gets through for a while. */
function measureParting(world: RoomWorld, tabs: readonly Tab[]): void {
  world.links.part(new Set(tabs.slice(0, tabs.length / 2).map(({ peer }) => peer)))
  world.run(partedMs)
  world.links.unite()
  const oneMs = settle(world, () => largestGroup(tabs) === tabs.length)
  const listedMs = oneMs + settle(world, () => listFaults(tabs).length === 0)
  say('in two parts for 30 s', `one after ${seconds(oneMs)}, all listed by all after ${seconds(listedMs)}`)
}

function measureLeaving(world: RoomWorld, tabs: readonly Tab[], leaving: number): void {
  const every = tabs.length / leaving
  const gone = new Set(Array.from({ length: Math.floor(leaving) }, (_, at) => tabs[Math.floor(at * every)]))
  const stay = tabs.filter((tab) => !gone.has(tab))
  for (const tab of gone) if (tab) world.crash(tab)
  world.run(partedMs)
  const cutOff = stay.length - largestGroup(stay)
  const healedMs = partedMs + settle(world, () => listFaults(stay).length === 0)
  say(`${gone.size} gone at once`, `${cutOff} cut off after 30 s, off all lists after ${seconds(healedMs)}`)
}

const posted = (world: RoomWorld): number => world.brokers[0]?.posted() ?? 0

/** What is said from now on, a member and a minute. */
function spoken(world: RoomWorld, members: number): () => string {
  const [from, before] = [world.now(), world.links.said()]
  return () => {
    const { messages, bytes } = world.links.said()
    const memberMinutes = (members * (world.now() - from)) / minute
    const each = [messages - before.messages, bytes - before.bytes].map((all) => count(all / memberMinutes))
    return `${each.join(' messages, ')} bytes a minute a member`
  }
}

/** Runs until it is so, and says how long that took; Infinity where it is not within five minutes. */
function settle(world: RoomWorld, isSo: () => boolean): number {
  const from = world.now()
  while (world.now() - from < 5 * minute) {
    if (isSo()) return world.now() - from
    world.run(second / 2)
  }
  return Infinity
}

const numbers = (list: string): number[] => list.split(',').map(Number)
for (const size of numbers(values.members)) for (const seed of numbers(values.seed)) measure(size, seed)
