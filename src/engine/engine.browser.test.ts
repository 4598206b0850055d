import { chromium, type Browser, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, serveContract, type ServedContract } from '../store/testing/serveContract.ts'
import type { EngineCases } from './testing/engineCases.ts'
import { engineContract } from './testing/engineContract.ts'

const runInPage = ([where, name]: readonly ['worker' | 'page', string]): Promise<string | null> =>
  (globalThis as unknown as { engineCases: EngineCases }).engineCases.run(where, name)

describe.skipIf(chromiumPath === undefined)('an engine in Chromium', () => {
  let server: ServedContract
  let browser: Browser
  let opened: Page

  beforeAll(async () => {
    const entry = 'src/engine/testing/engineCases.ts'
    server = await serveContract({ entry, prebundled: ['idb', 'valibot', 'tinyqueue'] })
    const args = ['--no-sandbox', '--disable-quic', '--disable-features=WebRtcHideLocalIpsWithMdns']
    browser = await chromium.launch({
      ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
      args,
    })
    opened = await browser.newPage()
    await opened.goto(`http://localhost:${server.port}/contract.html`)
    await opened.waitForFunction(() => 'engineCases' in globalThis)
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  const names = engineContract.map(({ name }) => name)
  describe.each(['worker', 'page'] as const)('on the %s', (where) => {
    it.each(names)('%s', async (name) => {
      expect(await opened.evaluate(runInPage, [where, name] as const)).toBeNull()
    })
  })
})
