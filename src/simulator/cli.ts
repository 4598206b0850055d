/*
 * One run of the simulator: npm run sim -- --scenario flashCrowd --peers 7 --seed 1 (all scenarios without a name).
 * All rooms of the base, whose figures become the new one: npm run sim:record.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import base from './base.json' with { type: 'json' }
import { changeOf, figuresOf, figuresOfRoom, rooms, type Figures, type Room } from './base.ts'
import { checkInvariants } from './invariants.ts'
import type { Scenario } from './crowds.ts'
import type { Outcome } from './outcome.ts'
import { scenarios, type ScenarioName } from './scenarios.ts'
import { packetOverhead } from './virtualPeer.ts'

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    peers: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
})

const checkedPeersMax = 100
const header =
  'scenario        peers  seed  last s bound s  ratio    net waste %   wire spread messages queue ms  ran s'

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
  console.log(header)
  for (const name of chosen) {
    for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
      const startedMs = performance.now()
      const peers = Number(values.peers)
      // To look over each peer after each event of a large room would take hours.
      const outcome = scenarios[name].run(peers, seed, peers <= checkedPeersMax ? checkInvariants : undefined)
      if (outcome.lastMs === null) failed++
      console.log(lineOf(name, seed, outcome, performance.now() - startedMs))
    }
  }
  return failed === 0 ? 0 : 1
}

/** `net`: the ratio without headers. `wire`: bytes that left all uplinks over bytes needed. `spread`: the last over the median. */
function lineOf(name: ScenarioName, seed: number, outcome: Outcome, ranMs: number): string {
  const { peers, lastMs, boundMs, waste, wire, spread, messagesAPiece, longestQueueMs } = outcome
  const ratio = lastMs === null ? null : lastMs / boundMs
  return [
    name.padEnd(14),
    String(peers).padStart(6),
    String(seed).padStart(5),
    (lastMs === null ? 'never' : (lastMs / 1000).toFixed(1)).padStart(7),
    (boundMs / 1000).toFixed(1).padStart(7),
    (ratio === null ? '-' : ratio.toFixed(3)).padStart(6),
    (ratio === null ? '-' : (ratio / packetOverhead).toFixed(3)).padStart(6),
    (100 * waste).toFixed(2).padStart(7),
    wire.toFixed(3).padStart(6),
    spread.toFixed(2).padStart(6),
    messagesAPiece.toFixed(1).padStart(8),
    longestQueueMs.toFixed(0).padStart(8),
    (ranMs / 1000).toFixed(1).padStart(6),
  ].join(' ')
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
  // One line a run, so that a change can be read.
  const lines = figures.map((run) => `  ${JSON.stringify(run)}`)
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
