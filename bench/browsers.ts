import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from '@playwright/test'
import { findBrowser, isRoot } from '../scripts/browser.mjs'
import { probeScript } from './probe.ts'
import type { Teardown } from './teardown.ts'

export interface BrowserOptions {
  /** Words before the browser's own command, such as those that run it on another host. */
  readonly commandPrefix?: readonly string[]
  /** Plain-http origins that count as secure, as localhost does by itself. */
  readonly secureOrigins?: readonly string[]
  /** Goes on where browsers would warn of a certificate that nobody vouches for. */
  readonly takesAnyCertificate?: boolean
}

/** A browser of its own: a process tree and a profile on disk, every page of it probed. */
export async function openBrowser(
  teardown: Teardown,
  { commandPrefix = [], secureOrigins = [], takesAnyCertificate = false }: BrowserOptions = {},
): Promise<BrowserContext> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-bench-'))
  teardown.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const executablePath = await executable(folder, commandPrefix)
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    ...(executablePath !== null && { executablePath }),
    ignoreHTTPSErrors: takesAnyCertificate,
    // An interrupt is ours to answer: everything is closed in order.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...(isRoot() ? ['--no-sandbox'] : []),
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // Host candidates then carry addresses: nothing here resolves .local names.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      ...(secureOrigins.length > 0
        ? [`--unsafely-treat-insecure-origin-as-secure=${secureOrigins.join(',')}`]
        : []),
    ],
  })
  teardown.defer(() => context.close())
  await context.addInitScript({ content: probeScript })
  return context
}

/** A browser's path, or that of a script that runs it behind the prefix: it is started by its path alone. */
async function executable(folder: string, commandPrefix: readonly string[]): Promise<string | null> {
  const path = await findBrowser('chromium')
  if (commandPrefix.length === 0) return path
  const script = join(folder, 'browser')
  await writeFile(script, `#!/bin/sh\nexec ${commandPrefix.join(' ')} ${path ?? 'chromium'} "$@"\n`)
  await chmod(script, 0o755)
  return script
}
