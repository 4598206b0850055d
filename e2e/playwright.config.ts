import { defineConfig } from '@playwright/test'
import { chromiumArgs } from './chromium.ts'
import type { EnginePlace } from './room.ts'
import { findBrowser } from '../scripts/browser.mjs'

const executablePath = await findBrowser('chromium')
if (executablePath === null) throw new Error('No Chromium found: install one or set CHROMIUM_PATH.')

export default defineConfig<object, { enginePlace: EnginePlace }>({
  testDir: '.',
  // What is called *.test.ts is a unit test, and vitest's.
  testMatch: '**/*.spec.ts',
  globalSetup: './buildFirst.ts',
  outputDir: 'results/artifacts',
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  // Each test opens several tabs that all compute; more workers than this and two cores only queue.
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: 'worker' },
    {
      // The same tests of what moves bytes, where the browser hands no data channel to a worker.
      name: 'page',
      testMatch: /(engine|twoTabs|fiveTabs|firstLeaves)\.spec\.ts/,
      use: { enginePlace: 'page' },
    },
  ],
  use: {
    launchOptions: { executablePath, args: chromiumArgs },
    trace: 'off',
    testIdAttribute: 'data-testid',
  },
})
