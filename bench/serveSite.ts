/**
 * A process of its own, so that it can run on any host: serves the built page and its broker as `npm start` does, and
 * beside them an empty page for bare channels and rivals, with WebTorrent's tracker. Says where as one line of JSON; ends
 * when its input does.
 */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { brokerPath } from '../scripts/server/broker.ts'
import { thisMachine } from '../scripts/server/machine.ts'
import { startServer } from '../scripts/server.ts'
import { rootFolder } from '../scripts/setup.mjs'
import { openTracker, rivalScripts } from './rivals/install.ts'
import type { SiteAddresses, SiteOptions } from './site.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as SiteOptions
const { host, appPort, uploadLimitKBps, withTracker, ways, turn } = options

const signaling = [{ type: 'peerjs', host, port: appPort, path: brokerPath, secure: false }]
await startServer({
  port: appPort,
  host: host === 'localhost' ? '127.0.0.1' : host,
  distFolder: join(rootFolder, 'dist'),
  configOverride: { signaling, iceServers: [], uploadLimitKBps, ...ways },
  turn: turn ?? undefined,
  // Hosts of the emulated internet are this very machine, so plain http is no risk.
  machine: { ...thisMachine, isItself: () => true },
})
const addresses: SiteAddresses = {
  app: `http://${host}:${appPort}/`,
  empty: `http://${host}:${await serveEmptyPage()}/`,
  tracker: withTracker ? `ws://${host}:${await openTracker()}` : null,
}
console.log(JSON.stringify(addresses))
process.stdin.resume().once('end', () => process.exit())

/** A page with nothing but a file input, and the scripts that rivals come as. */
async function serveEmptyPage(): Promise<number> {
  const server = createServer((request, response) => {
    const script = rivalScripts.get(request.url ?? '')
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript')
    if (script === undefined) response.end('<!doctype html><title>empty</title><input type="file">')
    else createReadStream(script).pipe(response)
  })
  server.listen(0)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
