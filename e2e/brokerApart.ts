import type { Server } from '../scripts/server.ts'
import { addressOf, startPageServer } from './room.ts'

/** A broker apart from the page's server, so that it can go away and come back while the page stays reachable. */
export interface BrokerApart {
  readonly pageAddress: string
  /** Begins with an empty memory: whom it knew before it does not know. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Ends both servers. */
  close(): Promise<void>
}

export async function openBrokerApart(): Promise<BrokerApart> {
  let running: Server | null = await startPageServer()
  const { port } = running
  const signaling = [{ type: 'peerjs', host: 'localhost', port, path: '/peerjs', secure: false }]
  const pages = await startPageServer({ configOverride: { signaling, iceServers: [] } })
  const stop = async (): Promise<void> => {
    await running?.close()
    running = null
  }
  return {
    pageAddress: addressOf(pages),
    async start() {
      running ??= await startPageServer({ port })
    },
    stop,
    async close() {
      await stop()
      await pages.close()
    },
  }
}
