import { chromium, type Browser, type Page } from '@playwright/test'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assert } from '../shared/result.ts'
import { simplePeerLinkCases } from './testing/simplePeerLinkCases.ts'

let browser: Browser | undefined
let page: Page

beforeAll(async () => {
  const [bundle, launched] = await Promise.all([bundleContract(), launchChromium()])
  browser = launched
  page = await browser.newPage()
  await page.route('http://localhost/', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
  await page.goto('http://localhost/')
  await page.addScriptTag({ content: bundle })
}, 60_000)
afterAll(() => browser?.close())

describe('the link over simple-peer, in Chromium', () => {
  const names = simplePeerLinkCases.map(({ name }) => name)
  test.each(names)('%s', { timeout: 60_000 }, async (name) => {
    expect(await page.evaluate(`linkPage.runCase(${JSON.stringify(name)})`)).toBeNull()
  })
})

/** The contract and the link as one script that leaves `linkPage` behind. */
async function bundleContract(): Promise<string> {
  const entry = fileURLToPath(new URL('testing/simplePeerLinkContract.ts', import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'linkPage' } },
  })
  const output = [built].flat().flatMap((result) => ('output' in result ? result.output : []))
  const script = output.find((file) => file.type === 'chunk')
  assert(script, 'one script')
  return script.code
}

function launchChromium(): Promise<Browser> {
  const wanted = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  return chromium.launch({
    ...(existsSync(wanted) ? { executablePath: wanted } : {}),
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  })
}
