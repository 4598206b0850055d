/*
 * One run of the simulator: npm run sim -- --scenario flashCrowd --peers 7 --seed 1 (all scenarios without a name).
 * All rooms of the base, whose figures become the new one: npm run sim:record.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import base from './base.json' with { type: 'json' }
import { changeOf, figuresOf, figuresOfRoom, rooms, type Figures, type Room } from './base.ts'
import { checkInvariants } from './invariants.ts'
import { scenarios, type Scenario, type ScenarioName } from './scenarios.ts'

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    peers: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
})

process.exitCode = values.record ? record() : runScenarios()

/** The exit code. */
function runScenarios(): number {
  const names = Object.keys(scenarios) as ScenarioName[]
  const chosen = names.filter((name) => values.scenario === undefined || values.scenario === name)
  if (chosen.length === 0) {
    console.error(`There is no scenario "${values.scenario}". Known: ${names.join(', ')}.`)
    return 2
  }
  let failed = 0
  console.log('scenario        peers  seed   last s  bound s  ratio  waste %  ran s')
  for (const name of chosen) {
    for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
      const startedMs = performance.now()
      const { peers, lastMs, boundMs, waste } = scenarios[name].run(
        Number(values.peers),
        seed,
        checkInvariants,
      )
      if (lastMs === null) failed++
      const columns = [
        name.padEnd(14),
        String(peers).padStart(6),
        String(seed).padStart(5),
        (lastMs === null ? 'never' : (lastMs / 1000).toFixed(1)).padStart(8),
        (boundMs / 1000).toFixed(1).padStart(8),
        (lastMs === null ? '-' : (lastMs / boundMs).toFixed(2)).padStart(6),
        (100 * waste).toFixed(1).padStart(8),
        ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6),
      ]
      console.log(columns.join(' '))
    }
  }
  return failed === 0 ? 0 : 1
}

/** The exit code. A base in which somebody does not finish is not written. */
function record(): number {
  const figures: Figures[] = []
  for (const room of rooms) {
    const now = measure(room)
    if (!now) return 1
    const change = changeOf(figuresOfRoom(room, base), now)
    console.log(`${room.scenario} of ${room.peers}: ${change ?? 'no change beyond noise'}`)
    figures.push(...now)
  }
  // One line a run, as prettier has it.
  const lines = figures.map(
    ({ scenario, peers, seed, ratio, waste }) =>
      `  { "scenario": "${scenario}", "peers": ${peers}, "seed": ${seed}, "ratio": ${ratio}, "waste": ${waste} }`,
  )
  writeFileSync(new URL('base.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
  return 0
}

function measure(room: Room): Figures[] | null {
  const scenario: Scenario = scenarios[room.scenario]
  const figures: Figures[] = []
  for (let seed = 1; seed <= room.seeds; seed++) {
    const run = figuresOf(room, seed, scenario.run(room.peers, seed))
    if (!run) {
      console.error(`--scenario ${room.scenario} --peers ${room.peers} --seed ${seed}: not all finish.`)
      return null
    }
    figures.push(run)
  }
  return figures
}
