import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'

/** The little of PeerJS that is used here. */
interface DataConnection {
  readonly dataChannel: RTCDataChannel
  send(data: ArrayBuffer): void
  on(event: 'open', listener: () => void): void
  on(event: 'data', listener: (data: ArrayBuffer) => void): void
}

interface PeerJs {
  connect(id: string, options: { readonly reliable: boolean }): DataConnection
  on(event: 'open', listener: (id: string) => void): void
  on(event: 'connection', listener: (connection: DataConnection) => void): void
}

interface PeerJsGlobals {
  Peer: new (id: string, options: PeerOptions) => PeerJs
  receivedBytes: number
  connection: DataConnection
}

interface PeerOptions {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly secure: boolean
  readonly config: RTCConfiguration
}

/**
 * Bytes a second over a DataConnection as PeerJS' guide opens it, between two empty pages: messages of 64 KiB, and the
 * sender waits while 256 KiB are unsent, as the guide does not say how.
 */
export async function peerJsRate(
  from: Page,
  to: Page,
  appAddress: string,
  totalBytes: number,
): Promise<number> {
  const { hostname: host, port } = new URL(appAddress)
  const options = { host, port: Number(port), path: '/peerjs', secure: false, config: { iceServers: [] } }
  for (const page of [from, to]) await page.addScriptTag({ url: '/peerjs.js' })
  const [sender, receiver] = [randomUUID(), randomUUID()]
  await to.evaluate(openReceiver, { id: receiver, options })
  await from.evaluate(openSender, { id: sender, receiver, options })
  const startedMs = performance.now()
  await Promise.all([to.evaluate(untilReceived, totalBytes), from.evaluate(sendAll, totalBytes)])
  return (totalBytes * 1000) / (performance.now() - startedMs)
}

async function openReceiver({ id, options }: { id: string; options: PeerOptions }): Promise<void> {
  const globals = globalThis as unknown as PeerJsGlobals
  const peer = new globals.Peer(id, options)
  globals.receivedBytes = 0
  peer.on('connection', (connection) => {
    connection.on('data', (data) => {
      globals.receivedBytes += data.byteLength
    })
  })
  await new Promise((resolve) => peer.on('open', resolve))
}

async function openSender(given: { id: string; receiver: string; options: PeerOptions }): Promise<void> {
  const globals = globalThis as unknown as PeerJsGlobals
  const peer = new globals.Peer(given.id, given.options)
  await new Promise((resolve) => peer.on('open', resolve))
  globals.connection = peer.connect(given.receiver, { reliable: true })
  await new Promise<void>((resolve) => globals.connection.on('open', resolve))
}

async function sendAll(totalBytes: number): Promise<void> {
  const { connection } = globalThis as unknown as PeerJsGlobals
  const message = new ArrayBuffer(64 * 1024)
  const channel = connection.dataChannel
  channel.bufferedAmountLowThreshold = 128 * 1024
  for (let sentBytes = 0; sentBytes < totalBytes; sentBytes += message.byteLength) {
    if (channel.bufferedAmount >= 256 * 1024) {
      await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }))
    }
    connection.send(message)
  }
}

async function untilReceived(totalBytes: number): Promise<void> {
  const globals = globalThis as unknown as PeerJsGlobals
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (globals.receivedBytes < totalBytes) return
      clearInterval(timer)
      resolve()
    }, 10)
  })
}
