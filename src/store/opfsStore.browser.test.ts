import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import type { OpfsContract } from './testing/opfsContract.ts'
import { pieceStoreContract } from './testing/pieceStoreContract.ts'

const executablePath = ['/usr/bin/chromium', chromium.executablePath()].find((path) => existsSync(path))

/** The contract's page: served from the sources, so that worker and modules are what the build bundles. */
const page = `<!doctype html><input type="file"><script type="module" src="/src/store/testing/opfsContract.ts"></script>`

/** Not a secure context, unlike localhost; resolved to this machine by the browser's own rule. */
const insecureHost = 'insecure.test'

interface PageGlobals {
  opfsContract: OpfsContract
  setQuota: (bytes: number) => Promise<void>
  change: () => Promise<void>
}

/** Run by the browser: they see the page's globals and nothing of this file. */
const inPage = {
  run: (name: string) => (globalThis as unknown as PageGlobals).opfsContract.run(name),
  open: () => (globalThis as unknown as PageGlobals).opfsContract.open(),
  kind: () => (globalThis as unknown as PageGlobals).opfsContract.kind(),
  bugs: () => (globalThis as unknown as PageGlobals).opfsContract.bugs(),
  sweep: () => (globalThis as unknown as PageGlobals).opfsContract.sweep(),
  fill: () => {
    const { opfsContract, setQuota } = globalThis as unknown as PageGlobals
    return opfsContract.fill(setQuota)
  },
  readWhileItChanges: () => {
    const { opfsContract, change } = globalThis as unknown as PageGlobals
    return opfsContract.readWhileItChanges(change)
  },
}

async function servePage(): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { include: ['idb', 'valibot'] },
    cacheDir: mkdtempSync(join(tmpdir(), 'swarmdrop-vite-')),
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, watch: null, allowedHosts: [insecureHost] },
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

describe.skipIf(executablePath === undefined)('store in OPFS, in Chromium', () => {
  let server: ViteDevServer
  let browser: Browser
  let context: BrowserContext
  let port = 0

  async function openPage(host = 'localhost'): Promise<Page> {
    const opened = await context.newPage()
    await opened.goto(`http://${host}:${port}/contract.html`)
    await opened.waitForFunction(() => 'opfsContract' in globalThis)
    return opened
  }

  beforeAll(async () => {
    server = await servePage()
    const address = server.httpServer?.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
      ],
    })
    context = await browser.newContext()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    if (server) rmSync(server.config.cacheDir, { recursive: true, force: true })
  })

  describe('keeps the contract', () => {
    let contractPage: Page
    beforeAll(async () => {
      contractPage = await openPage()
    })
    for (const { name } of pieceStoreContract) {
      it(name, async () => {
        expect(await contractPage.evaluate(inPage.run, name)).toBeNull()
      })
    }
  })

  it('is swept by the next page when its own is gone, and left alone while it lives', async () => {
    const [alice, bob] = [await openPage(), await openPage()]
    const atAlice = await alice.evaluate(inPage.open)
    const atBob = await bob.evaluate(inPage.open)
    expect(atBob).toMatchObject({
      kind: 'disk',
      withoutDisk: null,
      said: ['pieces are kept on disk'],
      found: { version: 1, updatedMs: 5 },
    })
    const bothTabs = [atAlice.tab, atBob.tab].toSorted()
    expect(await bob.evaluate(inPage.sweep)).toEqual({ folders: bothTabs, records: bothTabs })

    await alice.close()
    // The browser lets go of a closed page's lock and files a little later.
    const sweep = () => bob.evaluate(inPage.sweep)
    await expect.poll(sweep, { timeout: 10_000 }).toEqual({ folders: [atBob.tab], records: [atBob.tab] })
    await bob.close()
  })

  it('keeps a piece gathered when the quota is used up, and writes it once there is room', async () => {
    const filling = await openPage()
    const devtools = await context.newCDPSession(filling)
    const origin = new URL(filling.url()).origin
    await filling.exposeFunction('setQuota', (quotaSize: number) =>
      devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize }),
    )
    const codes = await filling.evaluate(inPage.fill)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin })
    expect(codes).toEqual(['full', 'kept'])
    await filling.close()
  })

  it('notices that an offered file was changed on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'swarmdrop-source-'))
    const path = join(folder, 'file')
    // Longer than what hashing the first piece reads ahead.
    writeFileSync(path, new Uint8Array(limits.attachedReadAheadBytes + 1))
    const offering = await openPage()
    await offering.exposeFunction('change', () => writeFileSync(path, 'other bytes'))
    await offering.setInputFiles('input', path)
    expect(await offering.evaluate(inPage.readWhileItChanges)).toEqual(['read', 'sourceChanged'])
    await offering.close()
    rmSync(folder, { recursive: true })
  })

  it('tells the page of bugs in its worker, with the stack there, and works on', async () => {
    const buggy = await openPage()
    const { bugs, answer } = await buggy.evaluate(inPage.bugs)
    expect(answer).toBe('broken')
    expect(bugs.map(({ message }) => message)).toEqual([
      'Error: Bug: a block lies in its place inside its piece',
      'Error: Bug: a piece is checked when its blocks are in',
    ])
    for (const { stack } of bugs) expect(stack).toContain('gatheredPieces.ts')
    await buggy.close()
  })

  it('gives way to memory on an insecure origin', async () => {
    const insecure = await openPage(insecureHost)
    expect(await insecure.evaluate(() => isSecureContext)).toBe(false)
    const reason = 'no OPFS on this origin'
    const { kind, withoutDisk, said } = await insecure.evaluate(inPage.kind)
    expect({ kind, withoutDisk, said }).toEqual({ kind: 'memory', withoutDisk: reason, said: [{ reason }] })
    await insecure.close()
  })
})
