import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { createServer } from 'vite'

/** Debian's Chromium, else Playwright's; undefined where there is neither. */
export const chromiumPath = ['/usr/bin/chromium', chromium.executablePath()].find((path) => existsSync(path))

export interface ServedContract {
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves `/contract.html`, the page of a contract that runs in browsers: from the sources, so that workers and modules are what the
 * build bundles. `entry` is the script's path from the repository's root; `prebundled` are the packages it needs.
 */
export async function serveContract(options: {
  readonly entry: string
  readonly body?: string
  readonly prebundled: readonly string[]
  readonly allowedHosts?: readonly string[]
}): Promise<ServedContract> {
  const { entry, body = '', prebundled, allowedHosts = [] } = options
  const page = `<!doctype html>${body}<script type="module" src="/${entry}"></script>`
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { include: [...prebundled] },
    cacheDir: mkdtempSync(join(tmpdir(), 'swarmdrop-vite-')),
    server: {
      host: '127.0.0.1',
      port: 0,
      hmr: false,
      ws: false,
      watch: null,
      allowedHosts: [...allowedHosts],
    },
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
  await server.listen()
  const address = server.httpServer?.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      await server.close()
      rmSync(server.config.cacheDir, { recursive: true, force: true })
    },
  }
}
