import { limits } from '../../shared/limits.ts'
import { randomBelow, seededRandom } from '../../shared/random.ts'
import { createHostileMember, misdeeds, type HostileMember, type Misdeed } from './hostileMember.ts'
import { createRoomWorld, type RoomWorld, type Tab } from './roomWorld.ts'
import { crowd, unlinkedPairs } from './worldChecks.ts'

const second = 1000

export interface HostilePlan {
  readonly seed: number
  /** What hostile members do; all of it where nothing is said. */
  readonly only?: readonly Misdeed[]
  /** Whether the broker leaves what it recorded wherever it likes. */
  readonly isBrokerHostile?: boolean
}

/**
 * A room of honest members, two hostile ones among them, and newcomers in the midst of the storm. What went wrong, in words; nothing when
 * all honest ones are linked with each other in the end, none was kept out or counted another out, and nobody had more to hold than allowed.
 */
export function hostileRun({ seed, only = misdeeds, isBrokerHostile = true }: HostilePlan): string[] {
  const random = seededRandom(seed)
  const below = (bound: number): number => randomBelow(random, bound)
  const world = createRoomWorld(seed)
  const honest = crowd(world, 3 + below(3))
  const hostile = [0, 1].map((at) => createHostileMember(world, world.enter(`mallory${at}`), seed * 31 + at))
  world.run(10 * second)
  const faults: string[] = []
  for (let step = 0; step < 30; step++) {
    storm(world, hostile, only, below)
    if (isBrokerHostile) replay(world, below)
    if (step === 10) honest.push(world.enter('late'))
    if (step === 15) severOne(world, honest, below)
    world.run(100 + below(2 * second))
    faults.push(...burdens(world, honest))
  }
  world.run(40 * second)
  faults.push(...unlinkedPairs(world, honest).map((pair) => `${pair} not linked`), ...bannedHonest(honest))
  return [...new Set(faults)]
}

function storm(
  world: RoomWorld,
  hostile: readonly HostileMember[],
  only: readonly Misdeed[],
  below: (bound: number) => number,
): void {
  for (const member of hostile) {
    const how = only[below(only.length)]
    if (how !== undefined) member.misbehave(how)
    world.run(below(200))
  }
}

function replay(world: RoomWorld, below: (bound: number) => number): void {
  const [broker] = world.brokers
  const recorded = broker?.recorded() ?? []
  for (let at = 0; at < 20; at++) {
    const [from, to] = [recorded[below(recorded.length)], recorded[below(recorded.length)]]
    if (from && to) broker?.slip(to.to, from.sealed)
  }
}

function severOne(world: RoomWorld, honest: readonly Tab[], below: (bound: number) => number): void {
  const [one, other] = [honest[below(honest.length)], honest[below(honest.length)]]
  if (one && other && one !== other) world.links.sever(one.peer, other.peer)
}

/** More connections than a full room and its attempts need, or more people than anybody lists. */
function burdens(world: RoomWorld, honest: readonly Tab[]): string[] {
  return honest.flatMap((tab) => [
    ...(world.links.endCount(tab) > limits.linksEverMax + 2 * limits.membersMax ? ['too many links'] : []),
    ...(tab.room.members().length > limits.censusMax ? ['too many members'] : []),
  ])
}

function bannedHonest(honest: readonly Tab[]): string[] {
  const peers = new Map(honest.map(({ peer, name }) => [peer, name]))
  return honest.flatMap(({ name, reports }) =>
    reports.flatMap((report) =>
      report.type === 'memberBanned' && peers.has(report.peer)
        ? [`${name} banned ${peers.get(report.peer)}`]
        : [],
    ),
  )
}
