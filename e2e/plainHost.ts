import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express, { type RequestHandler } from 'express'
import { ExpressPeerServer } from 'peer'
import { rootFolder } from '../scripts/setup.mjs'

/** Somebody's own host of the built page and its broker, over plain http, which ours is to this machine alone. */
export async function startPlainHost(address: string): Promise<{ readonly url: string; close(): void }> {
  const app = express()
  const server = createServer(app)
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // The broker is an Express 4 application: it runs under Express 5, only its types do not know.
  app.use('/peerjs', ExpressPeerServer(server, { path: '/' }) as unknown as RequestHandler)
  const signaling = [{ type: 'peerjs', host: address, port, path: '/peerjs', secure: false }]
  app.get('/config.json', (_request, response) => void response.json({ signaling, iceServers: [] }))
  app.use(express.static(join(rootFolder, 'dist')))
  return {
    url: `http://${address}:${port}/`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
