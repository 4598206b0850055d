import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type Express, type RequestHandler } from 'express'
import { ExpressPeerServer } from 'peer'
import { networkAddresses } from './addresses.ts'
import { certificateFor } from './certificate.ts'

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** The address to listen at: `0.0.0.0` for the network, `127.0.0.1` for this machine alone. */
  readonly host: string
  /** The built page. */
  readonly distFolder: string
  /** Served as config.json in place of the one that names this server's own broker. */
  readonly configOverride?: unknown
}

export interface Server {
  readonly port: number
  /** Ends every connection at once and frees the port. */
  close(): Promise<void>
}

const brokerPath = '/peerjs'
/** The first byte of a TLS ClientHello: a record of type handshake (RFC 8446, section 5.1). No HTTP method begins so. */
const tlsHandshakeByte = 0x16
/** Browsers open connections ahead of need; one that stays silent longer is let go. */
const firstByteTimeoutMs = 60_000
const certificateCache = fileURLToPath(new URL('../node_modules/.cache/swarmdrop', import.meta.url))

/**
 * Serves the page and its PeerJS broker over http and https on one port, so that a laptop on http://localhost and a
 * phone on https meet at the same broker. Rejects with Node's own error when the port cannot be had (EADDRINUSE, EACCES).
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const names = ['localhost', '127.0.0.1', ...networkAddresses()]
  const certificate = await certificateFor(names, certificateCache)
  const app = express()
  const plain = createHttpServer(app)
  const secure = createHttpsServer(certificate, app)
  secure.on('upgrade', (...upgrade) => plain.emit('upgrade', ...upgrade))
  addRoutes(app, openBroker(plain), options)

  const sockets = new Set<Socket>()
  const door = createNetServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    handOver(socket, (isTls) => (isTls ? secure : plain).emit('connection', socket))
  })
  const port = await listen(door, options)
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        door.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function openBroker(server: ReturnType<typeof createHttpServer>): ReturnType<typeof ExpressPeerServer> {
  const broker = ExpressPeerServer(server, { path: '/' })
  // It emits an error for every message that is not JSON; without a listener anybody could end the process.
  broker.on('error', () => {})
  return broker
}

/** Looks at the first byte a client sends, puts it back, and says whether it begins a TLS handshake. */
function handOver(socket: Socket, decided: (isTls: boolean) => void): void {
  const giveUp = () => socket.destroy()
  socket.on('error', giveUp)
  socket.setTimeout(firstByteTimeoutMs, giveUp)
  socket.once('data', (first: Buffer) => {
    socket.pause()
    socket.setTimeout(0)
    socket.off('timeout', giveUp)
    socket.unshift(first)
    decided(first[0] === tlsHandshakeByte)
    process.nextTick(() => socket.resume())
  })
}

function listen(door: ReturnType<typeof createNetServer>, { port, host }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    door.once('error', reject)
    door.listen(port, host, () => resolve((door.address() as AddressInfo).port))
  })
}

function addRoutes(app: Express, broker: ReturnType<typeof ExpressPeerServer>, options: ServerOptions): void {
  app.disable('x-powered-by')
  // The broker is an Express 4 application: it runs under Express 5, only its types do not know.
  app.use(brokerPath, broker as unknown as RequestHandler)
  app.use((_request, response, next) => {
    response.set(securityHeaders)
    next()
  })
  app.get('/config.json', (request, response) => {
    const config = options.configOverride ?? ownConfig(request)
    if (config === null) response.status(400).send('The Host header is malformed.')
    else response.set('cache-control', 'no-cache').json(config)
  })
  app.use(
    express.static(options.distFolder, {
      setHeaders: (response, file) => {
        response.setHeader('cache-control', cacheControl(relative(options.distFolder, file)))
      },
    }),
  )
}

/**
 * What the page needs to find this server's broker: the address it was itself reached at. No ICE servers: on one network
 * host candidates do, and with no internet a STUN server would only make people wait. Null for a malformed Host header.
 */
function ownConfig(request: IncomingMessage): unknown {
  const secure = 'encrypted' in request.socket
  const address = parseHost(request.headers.host ?? '', secure)
  if (address === null) return null
  return { signaling: [{ type: 'peerjs', ...address, path: brokerPath, secure }], iceServers: [] }
}

/** Splits a Host header (RFC 9110, section 7.2) into host and port; null unless it holds exactly that. */
export function parseHost(host: string, secure: boolean): { host: string; port: number } | null {
  if (!/^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(host) || !URL.canParse(`http://${host}`)) return null
  const { hostname, port } = new URL(`${secure ? 'https' : 'http'}://${host}`)
  return { host: hostname, port: Number(port) || (secure ? 443 : 80) }
}

/** Vite names the files in assets/ by their content; all others may change under the same name. */
function cacheControl(path: string): string {
  return path.startsWith(join('assets', sep)) ? 'public, max-age=31536000, immutable' : 'no-cache'
}

const securityHeaders = {
  'content-security-policy': [
    "default-src 'self'",
    // Any broker that config.json may name.
    "connect-src 'self' ws: wss:",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    // A streamed download begins in a hidden frame.
    "frame-src 'self' blob:",
    "frame-ancestors 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
