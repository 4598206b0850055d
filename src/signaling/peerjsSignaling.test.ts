import express from 'express'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ExpressPeerServer } from 'peer'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { seededRandom, type Random } from '../shared/random.ts'
import type { PeerjsConfig } from './peerjsSignaling.ts'
import { Client, patterned, signalingContract } from './testing/signalingContract.ts'

/** Node 20 has no WebSocket of its own. In a browser a refused one says so by events only, here it would throw too. */
class BrowserLikeWebSocket extends WebSocket {
  constructor(url: string) {
    super(url)
    this.on('error', () => {})
  }
}

let peerConnectionsMade = 0

/** PeerJS wants to see WebRTC before it dials; that it makes no connection of its own is part of what we check. */
class CountedPeerConnection {
  constructor() {
    peerConnectionsMade++
  }
  createDataChannel(): { close(): void } {
    return { close() {} }
  }
  close(): void {}
}

vi.stubGlobal('WebSocket', BrowserLikeWebSocket)
vi.stubGlobal('RTCPeerConnection', CountedPeerConnection)
const { peerjsSignaling } = await import('./peerjsSignaling.ts')

const config = (port: number): PeerjsConfig => ({ host: 'localhost', port, path: '/', secure: false })
const random: Random = seededRandom(1)

/** A server that can be taken away, with all its connections, and put back on the same port. */
class RestartableServer {
  #server: Server | null = null
  readonly #sockets = new Set<Socket>()
  readonly #make: () => Server
  port = 0

  constructor(make: () => Server) {
    this.#make = make
  }

  async start(): Promise<void> {
    const server = this.#make()
    this.#server = server
    server.on('connection', (socket) => this.#sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(this.port, 'localhost', resolve))
    this.port = (server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
    await closed
  }
}

function peerServer(): Server {
  const app = express()
  const server = createServer(app)
  app.use(ExpressPeerServer(server, { path: '/' }))
  return server
}

describe('a PeerServer', () =>
  signalingContract(
    async () => {
      const server = new RestartableServer(peerServer)
      await server.start()
      return {
        openSignaling: peerjsSignaling(config(server.port), random),
        switchOff: () => server.stop(),
        switchOn: () => server.start(),
      }
    },
    { sharesClaims: false },
  ))

describe('a broker that is not what it should be', () => {
  let server: Server
  let port: number
  let client: Client | null = null
  /** What the broker does with a client that connects. */
  let onConnection: (socket: WebSocket, mailbox: string, token: string) => void

  beforeEach(async () => {
    server = createServer()
    new WebSocketServer({ server }).on('connection', (socket, request) => {
      const query = new URL(request.url ?? '', 'http://localhost').searchParams
      onConnection(socket, query.get('id') ?? '', query.get('token') ?? '')
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(async () => {
    client?.signaling.close()
    client = null
    vi.useRealTimers()
    await new Promise((resolve) => server.close(resolve))
  })

  const open = (): Client => (client = new Client(peerjsSignaling(config(port), random)))

  test('cannot make PeerJS connect, throw or remember, whatever it sends', async () => {
    const payloads = [
      undefined,
      null,
      7,
      'text',
      [],
      {},
      { type: 'data', connectionId: 'x', serialization: 'binary', sdp: { type: 'offer', sdp: '' } },
      { type: 'data', connectionId: 'x', serialization: 'toString' },
      { type: 'media', connectionId: 'x', sdp: {} },
      { type: 'swarmdrop' },
      { type: 'swarmdrop', sealed: 7 },
      { type: 'swarmdrop', sealed: 'not base64url!' },
      { type: 'swarmdrop', sealed: base64UrlFromBytes(patterned(2 * limits.signalSizeMaxBytes)) },
      { type: 'swarmdrop-echo' },
    ]
    const types = [
      'OFFER',
      'ANSWER',
      'CANDIDATE',
      'LEAVE',
      'EXPIRE',
      'HEARTBEAT',
      'toString',
      '',
      null,
      7,
      {},
    ]
    onConnection = (socket) => {
      tell(socket, { type: 'OPEN' })
      for (const text of ['', 'not JSON', 'null', '7', '[]', '{}', '['.repeat(50_000)]) socket.send(text)
      for (const type of types) {
        for (const payload of payloads) tell(socket, { type, src: 'mallory', payload })
      }
      const sealed = base64UrlFromBytes(patterned(3))
      tell(socket, { type: 'OFFER', src: null, payload: { type: 'swarmdrop', sealed } })
    }
    const made = peerConnectionsMade
    const alice = open()
    await alice.nextState('online')
    expect(await alice.next()).toMatchObject({ type: 'signal', sealed: patterned(3) })
    expect(alice.events).toHaveLength(2)
    expect(peerConnectionsMade).toBe(made)
  })

  test.each([
    ['is full', 'full', { type: 'ERROR', payload: { msg: 'Server has reached its concurrent user limit' } }],
    ['has some trouble', 'refusing', { type: 'ERROR' }],
    ['knows another key', 'refusing', { type: 'ERROR', payload: { msg: 'Invalid key provided' } }],
    ['knows another key, as old ones say it', 'refusing', { type: 'INVALID-KEY' }],
    ['calls our random mailbox taken', 'refusing', { type: 'ID-TAKEN', payload: null }],
  ])(
    '[R29] counts as offline when it %s (%s), and is tried again with the same mailbox and token',
    async (_, trouble, refusal) => {
      const seen: string[] = []
      onConnection = (socket, mailbox, token) => {
        seen.push(`${mailbox} ${token}`)
        tell(socket, seen.length === 1 ? refusal : { type: 'OPEN' })
      }
      const alice = open()
      await alice.nextState('offline')
      expect(alice.events).toContainEqual({ type: 'state', state: 'offline', trouble })
      alice.signaling.retryNow()
      await alice.nextState('online')
      expect(new Set(seen).size).toBe(1)
      expect(seen).toHaveLength(2)
    },
  )

  test('that takes us back without a word is online once our echo returns, not that of another', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onConnection = (socket, mailbox) => {
      socket.on('message', (data) => tell(socket, { ...JSON.parse(String(data)), src: mailbox }))
      tell(socket, { type: 'OFFER', src: 'mallory', payload: { type: 'swarmdrop-echo' } })
      tell(socket, { type: 'OFFER', src: 'mallory', payload: { type: 'swarmdrop', sealed: '' } })
    }
    const alice = open()
    expect(await alice.next()).toMatchObject({ type: 'signal' })
    vi.advanceTimersByTime(echoIntervalMs)
    await alice.nextState('online')
  })

  test('that has died in silence is left and dialed again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onConnection = (socket) => tell(socket, { type: 'OPEN' })
    const alice = open()
    await alice.nextState('online')
    for (let echo = 0; echo < 4; echo++) vi.advanceTimersByTime(echoIntervalMs)
    await alice.nextState('offline')
  })

  test('[R29] that is slow to give a door is given its time, also where it is asked meanwhile whether it still has us', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const asked = new Promise<() => void>((resolve) => {
      onConnection = (socket, mailbox) => {
        const give = (): void => tell(socket, { type: 'OPEN' })
        socket.on('message', (data) => tell(socket, { ...JSON.parse(String(data)), src: mailbox }))
        if (mailbox !== 'room-0') return give()
        resolve(give)
      }
    })
    const alice = open()
    await alice.nextState('online')
    alice.signaling.claim('room-0')
    const giveDoor = await asked
    alice.signaling.retryNow()
    alice.signaling.post(alice.signaling.mailbox, patterned(1))
    expect(await alice.next()).toMatchObject({ type: 'signal' })
    vi.advanceTimersByTime(echoIntervalMs)
    expect(alice.events.map(({ type }) => type)).not.toContain('taken')
    giveDoor()
    expect(await alice.next()).toMatchObject({ type: 'held', mailbox: 'room-0' })
  })

  test('whose address the browser refuses outright counts as offline', async () => {
    client = new Client(peerjsSignaling({ ...config(port), host: 'not a host' }, random))
    await client.nextState('offline')
  })
})

/** As in peerjsSignaling.ts; a shorter one there only makes more echoes here. */
const echoIntervalMs = 5000

const tell = (socket: WebSocket, message: unknown): void => socket.send(JSON.stringify(message))
