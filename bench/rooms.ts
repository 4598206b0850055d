/**
 * `npm run rooms -- --members 12,16,100`: rooms of so many members in virtual time, made of real room machines: how soon all are in, what
 * they say to each other when nothing happens, what the broker carries, and what becomes of the room when a tenth leaves at once.
 */
import { parseArgs } from 'node:util'
import { createRoomWorld, type RoomWorld, type Tab } from '../src/room/testing/roomWorld.ts'
import { gather, largestGroup, listFaults } from '../src/room/testing/worldChecks.ts'

const second = 1000
const minute = 60 * second

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '12,16,100' },
    seed: { type: 'string', default: '1' },
    /** All come within so many seconds. */
    within: { type: 'string', default: '60' },
    /** Minutes in which nothing happens. */
    rest: { type: 'string', default: '10' },
  },
})

console.log(
  'members | all listed by all after | links least, mean, most | messages, bytes a minute a member | broker letters an hour, room, member | tenth gone: lists right after, parts | connections made a member | took',
)
for (const size of values.members.split(',').map(Number)) console.log(rowOf(size, Number(values.seed)))

function rowOf(size: number, seed: number): string {
  const startedAt = performance.now()
  const world = createRoomWorld(seed, { isVast: size > 100 })
  const tabs = gather(world, size, Number(values.within) * second)
  const listedMs = settle(world, tabs)
  world.run(2 * minute)
  const [saidBefore, postedBefore] = [world.links.said(), world.brokers[0]?.posted() ?? 0]
  const restMs = Number(values.rest) * minute
  world.run(restMs)
  const said = world.links.said()
  const perMinute = (before: number, after: number): number => ((after - before) / size / restMs) * minute
  const lettersAnHour = ((world.brokers[0]?.posted() ?? 0) - postedBefore) * ((60 * minute) / restMs)
  const counts = tabs.map((tab) => tab.linkedWith().length)
  const opened = tabs.reduce((sum, tab) => sum + world.links.openedBy(tab), 0) / size
  const stay = tabs.filter((_, at) => at % 10 !== 0)
  for (const tab of tabs) if (!stay.includes(tab)) world.crash(tab)
  const healedMs = settle(world, stay)
  const mean = counts.reduce((a, b) => a + b) / size
  return [
    size,
    `${(listedMs / second).toFixed(1)} s`,
    `${Math.min(...counts)}, ${mean.toFixed(1)}, ${Math.max(...counts)}`,
    `${perMinute(saidBefore.messages, said.messages).toFixed(0)}, ${perMinute(saidBefore.bytes, said.bytes).toFixed(0)}`,
    `${lettersAnHour.toFixed(0)}, ${(lettersAnHour / size).toFixed(1)}`,
    `${(healedMs / second).toFixed(1)} s, ${stay.length - largestGroup(stay)} apart`,
    opened.toFixed(1),
    `${((performance.now() - startedAt) / second).toFixed(0)} s`,
  ].join(' | ')
}

/** Runs until each lists exactly the others, and says how long that took; Infinity where it does not within five minutes. */
function settle(world: RoomWorld, tabs: readonly Tab[]): number {
  const from = world.now()
  while (world.now() - from < 5 * minute) {
    if (listFaults(tabs).length === 0) return world.now() - from
    world.run(second / 2)
  }
  return Infinity
}
