import { chromium, type Browser } from '@playwright/test'
import { findBrowser } from '../scripts/browser.mjs'
import type { Server } from '../scripts/server.ts'
import { chromiumArgs } from './chromium.ts'
import { expect, expectSignaling, startPageServer, test as base } from './room.ts'

const outsideName = 'page.example'

/** A page from the internet, whose broker is near: on this very machine. And a browser to which both are what they stand for. */
const test = base.extend<{ site: Server; outside: Browser }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  site: async ({}, use) => {
    const allowedHosts = [outsideName]
    const broker = await startPageServer({ allowedHosts })
    const at = { host: '127.0.0.1', port: broker.port, path: '/peerjs', secure: true }
    const configOverride = { signaling: [{ type: 'peerjs', ...at }], iceServers: [] }
    const pages = await startPageServer({ configOverride, allowedHosts })
    await use(pages)
    await pages.close()
    await broker.close()
  },
  outside: async ({ site }, use) => {
    const browser = await chromium.launch({
      executablePath: (await findBrowser('chromium')) ?? '',
      args: [
        ...chromiumArgs,
        '--ignore-certificate-errors',
        `--host-resolver-rules=MAP ${outsideName} 127.0.0.1`,
        `--ip-address-space-overrides=127.0.0.1:${site.port}=public`,
      ],
    })
    await use(browser)
    await browser.close()
  },
})

const hasText =
  'Your browser does not let this page connect to devices on your local network, where the service is'

test('where the browser keeps the page from its broker in the local network, the page says so, and what to do', async ({
  site,
  outside,
}) => {
  const page = await outside.newPage()
  await page.goto(`https://${outsideName}:${site.port}/`)
  // Without a window to ask in, a browser takes it as denied.
  await expect(page.getByTestId('notice').filter({ hasText })).toContainText('Allow it in the settings')
  await expectSignaling(page, 'offline')
})

test('where people have allowed it, nothing is said', async ({ site, outside }) => {
  const page = await outside.newPage()
  const origin = `https://${outsideName}:${site.port}`
  const devtools = await page.context().newCDPSession(page)
  const { targetInfo } = await devtools.send('Target.getTargetInfo')
  const { browserContextId = '' } = targetInfo
  // Both of its names, as a press on "Allow" sets them.
  for (const name of ['loopback-network', 'local-network-access']) {
    const permission = { name }
    await devtools.send('Browser.setPermission', { permission, setting: 'granted', origin, browserContextId })
  }
  await page.goto(`${origin}/`)
  await expectSignaling(page, 'online')
  await expect(page.getByTestId('notice')).toHaveCount(0)
})
