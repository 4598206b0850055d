import { defineConfig } from '@playwright/test'
import type { EnginePlace } from './room.ts'
import { findBrowser, isRoot } from '../scripts/browser.mjs'

const executablePath = await findBrowser('chromium')
if (executablePath === null) throw new Error('No Chromium found: install one or set CHROMIUM_PATH.')

/** No background traffic, no QUIC, and addresses in the open: local tests have no mDNS to resolve hidden ones. */
const args = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  // Chromium's sandbox refuses to start as root, as which containers run.
  ...(isRoot() ? ['--no-sandbox'] : []),
]

export default defineConfig<object, { enginePlace: EnginePlace }>({
  testDir: '.',
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
  use: { launchOptions: { executablePath, args }, trace: 'off', testIdAttribute: 'data-testid' },
})
