import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket, type ClientOptions } from 'ws'
import { startServer, type Server, type ServerOptions } from '../../server.ts'
import { writeCompressedCopies } from '../../build/compressedCopies.ts'

/** Larger than one read of a socket. */
export const scriptText = `export const text = '${'x'.repeat(200_000)}'`

/** A server of a small built page, and a file beside it that is nobody's business. */
export async function startTestServer(
  options: Partial<ServerOptions> = {},
): Promise<Server & { readonly distFolder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-server-'))
  const distFolder = join(folder, 'dist')
  await mkdir(join(distFolder, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'not for the network')
  await writeFile(join(distFolder, 'index.html'), `<!doctype html>${'<p>Swarmdrop</p>'.repeat(50)}`)
  await writeFile(join(distFolder, 'manifest.webmanifest'), '{}')
  await writeFile(join(distFolder, 'sw.js'), 'self')
  await writeFile(join(distFolder, 'assets', 'main-1a2b3c4d.js'), scriptText)
  await writeCompressedCopies(distFolder)
  const server = await startServer({ port: 0, host: '127.0.0.1', distFolder, ...options })
  const close = async () => {
    await server.close()
    await rm(folder, { recursive: true })
  }
  return { ...server, distFolder, close }
}

export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly bytes: Buffer
  readonly body: string
}

export type Scheme = 'http' | 'https'

/** Asks by the name localhost, unless `headers` name another host. An upgrade that succeeds is a fault. */
export function ask(
  server: Server,
  scheme: Scheme,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const send = scheme === 'http' ? httpRequest : httpsRequest
  const host = `localhost:${server.port}`
  return new Promise((resolve, reject) => {
    const request = send({
      host: '127.0.0.1',
      port: server.port,
      path,
      agent: false,
      rejectUnauthorized: false,
      ...options,
      headers: { host, ...options.headers },
    } as RequestOptions)
    request.once('response', async (response: IncomingMessage) => {
      const bytes = Buffer.concat(await response.toArray())
      resolve({ status: response.statusCode, headers: response.headers, bytes, body: bytes.toString() })
    })
    request.once('upgrade', () => reject(new Error('upgraded')))
    request.once('error', reject)
    request.end()
  })
}

export const upgradeHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

export const brokerSocketPath = (id: string): string => `/peerjs/peerjs?key=peerjs&id=${id}&token=${id}-token`

/** A client of the broker. Keeps what comes until it is asked for. */
export class BrokerClient {
  readonly socket: WebSocket
  /** The code it was closed with. */
  readonly closed: Promise<number>
  readonly #ended: Promise<never>
  readonly #id: string
  readonly #inbox: unknown[] = []
  #wake: () => void = () => {}

  constructor(server: Server, scheme: 'ws' | 'wss', id: string, options: ClientOptions = {}) {
    this.#id = id
    this.socket = new WebSocket(`${scheme}://localhost:${server.port}${brokerSocketPath(id)}`, {
      rejectUnauthorized: false,
      ...options,
    })
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    // It is closed then, too.
    this.socket.on('error', () => {})
    this.#ended = this.closed.then((code) => {
      throw new Error(`closed: ${code}`)
    })
    this.#ended.catch(() => {})
    this.socket.on('message', (data: Buffer) => {
      this.#inbox.push(JSON.parse(data.toString()))
      this.#wake()
    })
  }

  /** The next message, as soon as it is there. Rejects if the connection ends instead. */
  async next(): Promise<unknown> {
    const arrived = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (this.#inbox.length === 0) await Promise.race([arrived, this.#ended])
    return this.#inbox.shift()
  }

  offer(to: string, payload: unknown): void {
    this.socket.send(JSON.stringify({ type: 'OFFER', dst: to, payload }))
  }

  /** Everything that came before a message to itself does: all it sent has then been dealt with. */
  async untilEcho(): Promise<unknown[]> {
    this.offer(this.#id, 'echo')
    const before: unknown[] = []
    let message = await this.next()
    while (!JSON.stringify(message).includes('"echo"')) {
      before.push(message)
      message = await this.next()
    }
    return before
  }

  /** Resolves when the server knows that it is gone. */
  async leave(): Promise<void> {
    this.socket.close()
    await this.closed
  }
}

/** A client of the broker, registered. */
export async function register(...parts: ConstructorParameters<typeof BrokerClient>): Promise<BrokerClient> {
  const client = new BrokerClient(...parts)
  const first = await client.next()
  if (JSON.stringify(first) !== '{"type":"OPEN"}') throw new Error(`Not registered: ${JSON.stringify(first)}`)
  return client
}

/** Sends bytes as they stand, which ordinary clients would tidy first. */
export async function connectRaw(server: Server, text = ''): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  // One that is thrown out while it still sends.
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  if (text !== '') socket.write(text)
  return socket
}

/** All that comes until the server ends the connection. */
export function untilEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    socket.on('data', (data) => (received += data.toString()))
    socket.once('close', () => resolve(received))
  })
}
