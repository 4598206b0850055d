import { X509Certificate } from 'node:crypto'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerOptions as HttpOptions,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Express } from 'express'
import { certificateFor, type Certificate } from './certificate.ts'
import { admitUpgrade, refuseRaw } from './server/admission.ts'
import { openBroker } from './server/broker.ts'
import { Door } from './server/door.ts'
import { Hosts } from './server/hosts.ts'
import { thisMachine, type Machine } from './server/machine.ts'
import { pages } from './server/pages.ts'
import { serverLimits, type ServerLimits } from './server/serverLimits.ts'
import { openStunServer, type StunServer } from './server/stun.ts'
import type { TurnOptions } from './server/turnCredentials.ts'

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** The address to listen at: `0.0.0.0` for the network, `127.0.0.1` for this machine alone. */
  readonly host: string
  /** The built page. */
  readonly distFolder: string
  /** Served as config.json in place of the one that names this server's own broker. */
  readonly configOverride?: unknown
  /** Names the server goes by besides those of the machine, in lower case; their pages may use the broker. */
  readonly allowedHosts?: readonly string[]
  /** The page gets credentials for this TURN server. */
  readonly turn?: TurnOptions | undefined
  readonly machine?: Machine
  readonly limits?: Partial<ServerLimits>
}

export interface Server {
  readonly port: number
  /** SHA-256 of the certificate, as browsers show it. */
  readonly fingerprint: string
  /** Ends every connection at once and frees the port. */
  close(): Promise<void>
}

const certificateCache = fileURLToPath(new URL('../node_modules/.cache/swarmdrop', import.meta.url))

/**
 * Serves the page and its PeerJS broker over http and https on one port, so that a laptop on http://localhost and a
 * phone on https meet at the same broker. Rejects with Node's own error when the port cannot be had (EADDRINUSE, EACCES).
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host, machine = thisMachine, configOverride, distFolder } = options
  const limits = { ...serverLimits, ...options.limits }
  const hosts = new Hosts(machine, options.allowedHosts ?? [])
  const names = ['localhost', '127.0.0.1', ...machine.names, ...machine.addresses()]
  const certificate = await certificateFor(names, certificateCache)
  const broker = openBroker(limits)
  const networkAddresses = () =>
    machine.addresses().filter((address) => host === '0.0.0.0' || host === address)
  let stun: StunServer | null = null
  const app = pages({
    stunPort: () => stun?.port ?? null,
    distFolder,
    configOverride,
    broker,
    hosts,
    machine,
    networkAddresses,
    turn: options.turn ?? null,
    turnCredentialLifeMs: limits.turnCredentialLifeMs,
  })
  const takeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const admission = admitUpgrade(request, hosts, machine)
    if (admission.admitted) broker.takeUpgrade(request, socket, head)
    else refuseRaw(socket, admission.status, admission.why)
  }
  const { plain, secure } = openHttp(app, certificate, takeUpgrade, limits)
  const door = new Door(limits, (socket, isTls) => (isTls ? secure : plain).emit('connection', socket))
  const port = await door.open(options.port, host)
  stun = await openStunServer(port, host, limits)
  return {
    port,
    fingerprint: new X509Certificate(certificate.cert).fingerprint256,
    close: async () => {
      // They never listened, but this ends their search for late requests.
      plain.close()
      secure.close()
      await Promise.all([door.close(), stun?.close()])
    },
  }
}

type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Two servers that listen nowhere: the door hands them their connections. */
function openHttp(app: Express, certificate: Certificate, takeUpgrade: TakeUpgrade, limits: ServerLimits) {
  const options: HttpOptions = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.lateRequestCheckIntervalMs,
    // Else Node would answer by itself, without our headers.
    requireHostHeader: false,
  }
  const plain = createHttpServer(options, app)
  const secure = createHttpsServer(
    { ...options, ...certificate, handshakeTimeout: limits.tlsHandshakeTimeoutMs },
    app,
  )
  for (const server of [plain, secure]) {
    server.timeout = limits.stalledAnswerTimeoutMs
    server.on('upgrade', takeUpgrade)
    server.on('checkExpectation', app)
    server.on('clientError', refuseMalformed)
    // Node looks for late requests from the moment a server listens, which these never do.
    server.emit('listening')
  }
  return { plain, secure }
}

/** What Node answers by itself when a request cannot be read, with our headers. */
function refuseMalformed({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  // Others are of the connection, or of a TLS handshake that failed: there is nothing to answer on.
  const isOfRequest = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT'
  if (!socket.writable || !isOfRequest) socket.destroy()
  else if (code === 'HPE_HEADER_OVERFLOW') refuseRaw(socket, 431, 'The headers are too long.')
  else if (code.startsWith('HPE_')) refuseRaw(socket, 400, 'The request is malformed.')
  else refuseRaw(socket, 408, 'The request took too long.')
}
