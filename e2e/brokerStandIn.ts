import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** Somebody in a PeerServer's place. */
export interface BrokerStandIn {
  readonly port: number
  /** How often it was dialed. */
  dials(): number
  close(): Promise<void>
}

/** Says to everyone what a PeerServer says to whom it does not take, and hangs up. */
export const refusingBroker = (said: object): Promise<BrokerStandIn> =>
  standIn((socket) => {
    socket.send(JSON.stringify(said))
    socket.close()
  })

/** Takes everyone in, and hands each word on to the real one and back so much later. */
export const slowBroker = (port: number, lateMs: number): Promise<BrokerStandIn> =>
  goBetween(port, { lateMs, carries: () => true })

/** Takes everyone in and keeps all sockets open; it carries letters only while it is told to. */
export async function forgetfulBroker(port: number): Promise<BrokerStandIn & { carryAll(): void }> {
  let carriesAll = false
  const carries = (text: string): boolean => carriesAll || !text.includes('"sealed"')
  const broker = await goBetween(port, { lateMs: 0, carries })
  return { ...broker, carryAll: () => void (carriesAll = true) }
}

interface Carrying {
  readonly lateMs: number
  /** Whether it hands this on to the real one. */
  carries(text: string): boolean
}

const goBetween = (port: number, { lateMs, carries }: Carrying): Promise<BrokerStandIn> =>
  standIn((socket, path) => {
    const real = new WebSocket(`ws://localhost:${port}${path}`)
    const early: string[] = []
    real.on('open', () => early.splice(0).forEach((text) => real.send(text)))
    socket.on('message', (data) =>
      setTimeout(() => {
        const text = String(data)
        if (!carries(text)) return
        if (real.readyState === WebSocket.OPEN) real.send(text)
        else early.push(text)
      }, lateMs),
    )
    real.on('message', (data) => setTimeout(() => socket.send(String(data)), lateMs))
    real.on('close', () => socket.close())
    real.on('error', () => socket.close())
    socket.on('close', () => real.close())
  })

async function standIn(met: (socket: WebSocket, path: string) => void): Promise<BrokerStandIn> {
  let dials = 0
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { url = '/' }) => {
    dials++
    met(socket, url)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    dials: () => dials,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
