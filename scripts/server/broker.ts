import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Express, RequestHandler } from 'express'
import { ExpressPeerServer } from 'peer'
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws'
import { refuseRaw } from './admission.ts'
import { BrokerMessages } from './brokerMessages.ts'
import type { ServerLimits } from './serverLimits.ts'

export const brokerPath = '/peerjs'
/** PeerServer adds its key once more for WebSockets. */
const socketPath = `${brokerPath}/peerjs`

export interface Broker {
  /** Adds its pages to an application. */
  mountIn(app: Express): void
  /** Takes a WebSocket over, whoever it is from: admission is decided before. */
  takeUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** A PeerServer within limits. */
export function openBroker(limits: ServerLimits): Broker {
  const messages = new BrokerMessages(limits)
  // PeerServer takes its sockets from a server. This one never listens: it hands on what was admitted.
  const admitted = createServer()
  const peerServer = ExpressPeerServer(admitted, {
    path: '/',
    concurrent_limit: limits.connectionsMax,
    alive_timeout: limits.brokerSilenceMaxMs,
    expire_timeout: limits.brokerWaitingMs,
    cleanup_out_msgs: limits.brokerWaitingCheckMs,
    corsOptions: { origin: false },
    createWebSocketServer: (options) => openSockets(options, messages, limits),
  })
  peerServer.disable('x-powered-by')
  peerServer.on('connection', (client) => messages.arrived(client))
  peerServer.on('disconnect', (client) => messages.left(client))
  // Without a listener, an error of any socket would end the process.
  peerServer.on('error', () => {})
  return {
    // It is an Express 4 application: it runs under Express 5, only its types do not know.
    mountIn: (app) => app.use(brokerPath, peerServer as unknown as RequestHandler),
    takeUpgrade: (request, socket, head) => {
      const { pathname } = new URL(request.url ?? '/', 'http://broker')
      if (pathname === socketPath) admitted.emit('upgrade', request, socket, head)
      else refuseRaw(socket, 404, 'There is no WebSocket here.')
    },
  }
}

function openSockets(
  options: ServerOptions,
  messages: BrokerMessages,
  limits: ServerLimits,
): WebSocketServer {
  const sockets = new WebSocketServer({
    path: options.path,
    server: options.server,
    maxPayload: limits.brokerMessageMaxBytes,
    WebSocket: JudgedSocket,
  })
  sockets.on('wsClientError', (error, socket) => refuseRaw(socket, 400, error.message))
  // Before PeerServer's own listener, so that nothing reaches it unjudged.
  sockets.on('connection', (socket, { socket: connection }) => {
    // PeerServer forgets a socket whose client came back on another one, and would leave it open.
    connection.setTimeout(limits.brokerSilenceMaxMs, () => connection.destroy())
    const remoteAddress = connection.remoteAddress ?? ''
    socket.admits = (text) => {
      const sender = { remoteAddress, unsentBytes: socket.bufferedAmount }
      if (!messages.isStalled(sender)) return messages.admits(text, sender, performance.now())
      socket.terminate()
      return false
    }
  })
  return sockets as unknown as WebSocketServer
}

/** A WebSocket that lets only those messages be heard which it is told to admit. */
class JudgedSocket extends WebSocket {
  admits: (text: string) => boolean = () => false

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'message' && !this.admits(String(values[0]))) return false
    return super.emit(event, ...values)
  }
}
