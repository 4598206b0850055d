import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TurnOptions } from '../scripts/server/turnCredentials.ts'
import { rootFolder } from '../scripts/setup.mjs'
import type { Teardown } from './teardown.ts'

export interface SiteOptions {
  /** The name or address that browsers know it by. */
  readonly host: string
  readonly appPort: number
  /** As in config.json; 0 is no limit. */
  readonly uploadLimitKBps: number
  readonly withTracker: boolean
  /** What its config.json says of the ways to connect. */
  readonly ways: object
  /** Its page gets credentials for this TURN server. */
  readonly turn: TurnOptions | null
}

export interface SiteAddresses {
  readonly app: string
  /** A page of no app, for bare channels and rivals. */
  readonly empty: string
  /** WebTorrent's, where it was asked for. */
  readonly tracker: string | null
}

/** Starts `serveSite.ts`, behind a prefix that runs it on another host if there is one. */
export async function openSite(
  teardown: Teardown,
  options: Omit<SiteOptions, 'appPort'>,
  commandPrefix: readonly string[] = [],
): Promise<SiteAddresses> {
  const withPort: SiteOptions = { ...options, appPort: await freePort() }
  const node = [process.execPath, '--import', 'tsx', join(rootFolder, 'bench', 'serveSite.ts')]
  const [command = '', ...args] = [...commandPrefix, ...node, JSON.stringify(withPort)]
  const site = spawn(command, args, { cwd: rootFolder, stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  teardown.defer(async () => {
    if (site.exitCode !== null) return
    const ended = once(site, 'exit')
    site.stdin.end()
    await ended
  })
  for await (const line of createInterface({ input: site.stdout })) return JSON.parse(line) as SiteAddresses
  throw new Error('The site ended before it began')
}

/** The page's configuration names its broker's port, so it has to be known before anything listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
