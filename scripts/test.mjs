/** `npm test`: the whole truth, on a fresh clone too. Stops at the first stage that fails. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, installIfNeeded, rootFolder, runScript } from './setup.mjs'

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{ name: string, run: () => Promise<boolean>, tally?: () => Tally }} Stage
 */

const vitestReport = join(rootFolder, '.tmp', 'vitest.json')
// Where e2e/playwright.config.ts puts it.
const playwrightReport = join(rootFolder, 'e2e', 'results', 'report.json')

/** @type {readonly Stage[]} */
const stages = [
  { name: 'install', run: installIfNeeded },
  { name: 'browsers', run: async () => (await import('./browser.mjs')).ensureBrowsers() },
  { name: 'build', run: build },
  { name: 'size', run: script('size') },
  { name: 'format', run: script('format') },
  { name: 'types', run: script('types') },
  { name: 'lint', run: script('lint') },
  {
    name: 'unit',
    run: script('unit:all', ['--reporter=dot', '--reporter=json', `--outputFile.json=${vitestReport}`]),
    tally: tallyVitest,
  },
  // Every scenario once, small, by the command people use: the unit tests run more seeds and compare them with the base.
  { name: 'simulation', run: script('sim', ['--peers', '12', '--seed', '1']) },
  // What waits for minutes of silence (@slow) is run by `npm run e2e` alone; its rules have tests in virtual time above.
  {
    name: 'end to end',
    run: script('e2e', ['--grep-invert', '@slow']),
    tally: tallyPlaywright,
  },
]

// A report of an earlier run must not be counted.
for (const report of [vitestReport, playwrightReport]) rmSync(report, { force: true })
process.exit((await runStages()) ? 0 : 1)

async function runStages() {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  let failedStage = null
  for (const stage of stages) {
    const started = performance.now()
    const succeeded = await stage.run()
    const tally = stage.tally?.() ?? { passed: 0, failed: 0, skipped: 0 }
    sum.passed += tally.passed
    sum.skipped += tally.skipped
    // A stage that fails without naming a test counts as one failure, so that the last line cannot look clean.
    sum.failed += succeeded ? tally.failed : Math.max(1, tally.failed)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${succeeded ? 'ok    ' : 'FAILED'} ${stage.name} (${seconds} s)`)
    if (!succeeded) {
      failedStage = stage.name
      break
    }
  }
  if (failedStage !== null) console.error(`Stopped at "${failedStage}": what went wrong is above.`)
  if (sum.skipped > 0) console.log(`${sum.skipped} skipped`)
  console.log(`${sum.passed} passed, ${sum.failed} failed`)
  return failedStage === null && sum.failed === 0
}

/**
 * @param {string} name of a script in package.json
 * @param {readonly string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
function script(name, args, env) {
  return () => runScript(name, args, env).then((code) => code === 0)
}

/** @returns {Tally} */
function tallyVitest() {
  const report = readReport(vitestReport)
  return {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  }
}

/** @returns {Tally} */
function tallyPlaywright() {
  const stats = readReport(playwrightReport)?.stats
  return {
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
  }
}

/**
 * A reporter that did not get to its end leaves nothing: then nothing is counted.
 * @param {string} file
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
