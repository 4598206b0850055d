import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem, type } from 'node:os'
import { findBrowser } from '../scripts/browser.mjs'

/** What figures were seen on, in one line. */
export async function describeMachine(): Promise<string> {
  const cores = cpus()
  const memoryGiB = Math.round(totalmem() / 2 ** 30)
  const parts = [
    `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'})`,
    `${memoryGiB} GiB`,
    `${type()} ${release()}`,
    await browserVersion(),
    `Node ${process.versions.node}`,
  ]
  return parts.join(', ')
}

async function browserVersion(): Promise<string> {
  const path = await findBrowser('chromium')
  if (path === null) return 'no browser'
  // Debian's Chromium tells where it was built, too.
  const said = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return said.replace(/ built on.*/s, '').trim()
}
