import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { rootFolder, run } from '../../scripts/setup.mjs'

const folder = join(rootFolder, 'bench', 'rivals')
const packages = join(folder, 'node_modules')

/** Scripts for the empty page, by the path they are served at. */
export const rivalScripts: ReadonlyMap<string, string> = new Map([
  ['/webtorrent.js', join(packages, 'webtorrent', 'dist', 'webtorrent.min.js')],
  ['/peerjs.js', join(rootFolder, 'node_modules', 'peerjs', 'dist', 'peerjs.min.js')],
])

/** Installs what package-lock.json in this folder says, unless that is done. */
export async function installRivals(): Promise<void> {
  const installed = join(packages, '.package-lock.json')
  const wanted = join(folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return
  console.log('Installing the rivals (bench/rivals) …')
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  if ((await run('npm', ['ci', '--prefix', folder, ...quiet])) !== 0) {
    throw new Error('The rivals could not be installed; npm says why above.')
  }
}

interface Tracker {
  readonly http: NetServer
  listen(port: number, listening: () => void): void
}

type TrackerModule = { readonly Server: new (options: Readonly<Record<string, unknown>>) => Tracker }

/** WebTorrent's own tracker, over WebSocket; answers its port. */
export async function openTracker(): Promise<number> {
  const path = join(packages, 'bittorrent-tracker', 'server.js')
  const module = (await import(pathToFileURL(path).href)) as { readonly default: TrackerModule['Server'] }
  const tracker = new module.default({ udp: false, http: true, ws: true, stats: false })
  await new Promise<void>((resolve) => tracker.listen(0, resolve))
  return (tracker.http.address() as AddressInfo).port
}
