/* One run of the simulator: npm run sim -- --scenario flashCrowd --peers 7 --seed 1 (all scenarios without a name). */
import { parseArgs } from 'node:util'
import { checkInvariants } from './invariants.ts'
import { scenarios, type ScenarioName } from './scenarios.ts'

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    peers: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
  },
})

const names = Object.keys(scenarios) as ScenarioName[]
const chosen = names.filter((name) => values.scenario === undefined || values.scenario === name)
if (chosen.length === 0) {
  console.error(`There is no scenario "${values.scenario}". Known: ${names.join(', ')}.`)
  process.exit(2)
}

let failed = 0
console.log('scenario        peers  seed   last s  bound s  ratio  waste %  ran s')
for (const name of chosen) {
  for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
    const startedMs = performance.now()
    const { peers, lastMs, boundMs, waste } = scenarios[name].run(Number(values.peers), seed, checkInvariants)
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
process.exitCode = failed === 0 ? 0 : 1
