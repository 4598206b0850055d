import { chromium, type Browser, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactsCases } from './testing/contactsCases.ts'
import { contactsContract } from './testing/contactsContract.ts'
import { chromiumPath, serveContract, type ServedContract } from './testing/serveContract.ts'

/** Run by the browser: they see the page's globals and nothing of this file. */
const inPage = {
  run: (name: string) => (globalThis as unknown as { contactsCases: ContactsCases }).contactsCases.run(name),
  keep: () => (globalThis as unknown as { contactsCases: ContactsCases }).contactsCases.keep(),
  forgetAndLeave: () =>
    (globalThis as unknown as { contactsCases: ContactsCases }).contactsCases.forgetAndLeave(),
  names: () => (globalThis as unknown as { contactsCases: ContactsCases }).contactsCases.names(),
}

describe.skipIf(chromiumPath === undefined)('contacts in IndexedDB, in Chromium', () => {
  let server: ServedContract
  let browser: Browser
  let opened: Page

  const isLoaded = (): Promise<unknown> => opened.waitForFunction(() => 'contactsCases' in globalThis)

  beforeAll(async () => {
    server = await serveContract({ entry: 'src/store/testing/contactsCases.ts', prebundled: ['idb'] })
    browser = await chromium.launch({
      ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
      args: ['--no-sandbox', '--disable-background-networking'],
    })
    opened = await browser.newPage()
    await opened.goto(`http://localhost:${server.port}/contract.html`)
    await isLoaded()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it.each(contactsContract.map(({ name }) => name))('%s', async (name) => {
    expect(await opened.evaluate(inPage.run, name)).toBeNull()
  })

  it('outlive the page', async () => {
    await opened.evaluate(inPage.keep)
    await opened.reload()
    await isLoaded()
    expect(await opened.evaluate(inPage.names)).toEqual(['Amber'])
  })

  it('are forgotten though the page is left in the same moment', async () => {
    for (let tries = 0; tries < 5; tries++) {
      await opened.evaluate(inPage.keep)
      const loaded = opened.waitForEvent('load')
      await opened.evaluate(inPage.forgetAndLeave)
      await loaded
      await isLoaded()
      expect(await opened.evaluate(inPage.names)).toEqual([])
    }
  })
})
