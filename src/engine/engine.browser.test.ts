import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineCases } from './testing/engineCases.ts'
import { engineContract } from './testing/engineContract.ts'

const executablePath = ['/usr/bin/chromium', chromium.executablePath()].find((path) => existsSync(path))

/** The contract's page: served from the sources, so that worker and modules are what the build bundles. */
const page = `<!doctype html><script type="module" src="/src/engine/testing/engineCases.ts"></script>`

async function servePage(): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { include: ['idb', 'valibot', 'tinyqueue'] },
    cacheDir: mkdtempSync(join(tmpdir(), 'swarmdrop-vite-')),
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, watch: null },
    plugins: [
      {
        name: 'contract-page',
        configureServer: ({ middlewares }) => {
          middlewares.use('/contract.html', (_request, response) => {
            response.setHeader('content-type', 'text/html').end(page)
          })
        },
      },
    ],
  })
  return server.listen()
}

const runInPage = ([where, name]: readonly ['worker' | 'page', string]): Promise<string | null> =>
  (globalThis as unknown as { engineCases: EngineCases }).engineCases.run(where, name)

describe.skipIf(executablePath === undefined)('an engine in Chromium', () => {
  let server: ViteDevServer
  let browser: Browser
  let opened: Page

  beforeAll(async () => {
    server = await servePage()
    const args = ['--no-sandbox', '--disable-quic', '--disable-features=WebRtcHideLocalIpsWithMdns']
    browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args })
    opened = await browser.newPage()
    const address = server.httpServer?.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await opened.goto(`http://localhost:${port}/contract.html`)
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
