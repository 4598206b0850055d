import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { parseHost, startServer, type Server } from './server.ts'
import { welcome } from './serve.ts'

/** Larger than one read of a socket. */
const scriptText = `export const text = '${'x'.repeat(200_000)}'`
let folder: string
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmdrop-server-'))
  const dist = join(folder, 'dist')
  await mkdir(join(dist, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'not for the network')
  await writeFile(join(dist, 'index.html'), '<!doctype html><title>Swarmdrop</title>')
  await writeFile(join(dist, 'manifest.webmanifest'), '{}')
  await writeFile(join(dist, 'assets', 'main-1a2b3c4d.js'), scriptText)
  server = await startServer({ port: 0, host: '127.0.0.1', distFolder: dist })
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

function fetchPath(scheme: 'http' | 'https', path: string, from = server): Promise<Answer> {
  const url = `${scheme}://localhost:${from.port}${path}`
  return new Promise((resolve, reject) => {
    const read = async (response: IncomingMessage) => {
      const body = Buffer.concat(await response.toArray()).toString()
      resolve({ status: response.statusCode, headers: response.headers, body })
    }
    const request =
      scheme === 'http' ? httpGet(url, read) : httpsGet(url, { rejectUnauthorized: false }, read)
    request.once('error', reject)
  })
}

test.each(['http', 'https'] as const)('%s serves the page, its types and its cache rules', async (scheme) => {
  const page = await fetchPath(scheme, '/')
  expect(page.status).toBe(200)
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  })
  expect(page.headers['content-security-policy']).toContain("default-src 'self'")

  const script = await fetchPath(scheme, '/assets/main-1a2b3c4d.js')
  expect(script.body).toBe(scriptText)
  expect(script.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  })

  const manifest = await fetchPath(scheme, '/manifest.webmanifest')
  expect(manifest.headers['content-type']).toContain('application/manifest+json')
})

test.each(['http', 'https'] as const)('%s names its own broker in config.json', async (scheme) => {
  const { body, headers } = await fetchPath(scheme, '/config.json')
  expect(headers['cache-control']).toBe('no-cache')
  expect(JSON.parse(body)).toEqual({
    signaling: [
      { type: 'peerjs', host: 'localhost', port: server.port, path: '/peerjs', secure: scheme === 'https' },
    ],
    iceServers: [],
  })
})

test('config.json can be overridden', async () => {
  const configOverride = { signaling: [] }
  const other = await startServer({ port: 0, host: '127.0.0.1', distFolder: folder, configOverride })
  expect(JSON.parse((await fetchPath('http', '/config.json', other)).body)).toEqual(configOverride)
  await other.close()
})

test('a Host header is taken apart, or refused', () => {
  expect(parseHost('192.168.1.5:4173', true)).toEqual({ host: '192.168.1.5', port: 4173 })
  expect(parseHost('box.local', false)).toEqual({ host: 'box.local', port: 80 })
  expect(parseHost('box.local', true)).toEqual({ host: 'box.local', port: 443 })
  expect(parseHost('[fd00::2]:99', false)).toEqual({ host: '[fd00::2]', port: 99 })
  for (const bad of ['', 'a b', 'me@box', 'box/path', 'box:port', 'box:99999', '"><script>', '[::1']) {
    expect(parseHost(bad, false)).toBeNull()
  }
})

test('nothing outside the built page is served', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '//secret.txt',
  ]) {
    const answer = await rawRequest(path)
    expect(answer).toMatch(/^HTTP\/1\.1 40[034] /)
    expect(answer).not.toContain('not for the network')
  }
})

/** Sends a path as it stands: ordinary clients would tidy it first. */
function rawRequest(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.once('end', () => resolve(answer))
    socket.once('error', reject)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  })
}

test('a client on ws and one on wss meet at the same broker', async () => {
  const alice = await register('ws', 'alice')
  const bob = await register('wss', 'bob')
  alice.send(JSON.stringify({ type: 'OFFER', dst: 'bob', payload: 'sealed' }))
  expect(await nextMessage(bob)).toEqual({ type: 'OFFER', src: 'alice', dst: 'bob', payload: 'sealed' })
  bob.send(JSON.stringify({ type: 'OFFER', dst: 'alice', payload: 'x'.repeat(100_000) }))
  expect(await nextMessage(alice)).toMatchObject({ src: 'bob', payload: 'x'.repeat(100_000) })
  alice.close()
  bob.close()
})

test('a message that is not JSON does not end the broker', async () => {
  const alice = await register('ws', 'alice-again')
  alice.send('{')
  alice.send(JSON.stringify({ type: 'OFFER', dst: 'alice-again', payload: 'to myself' }))
  expect(await nextMessage(alice)).toMatchObject({ payload: 'to myself' })
  alice.close()
})

test('close() ends open connections and frees the port', async () => {
  const first = await startServer({ port: 0, host: '127.0.0.1', distFolder: folder })
  const carol = await register('wss', 'carol', first)
  const closed = new Promise((resolve) => carol.once('close', resolve))
  await first.close()
  await closed
  const second = await startServer({ port: first.port, host: '127.0.0.1', distFolder: folder })
  expect(second.port).toBe(first.port)
  await second.close()
})

test('a taken port is a fault with its code', async () => {
  await expect(
    startServer({ port: server.port, host: '127.0.0.1', distFolder: folder }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('the terminal shows where to go', () => {
  const text = welcome(4173, ['192.168.1.5', '10.0.0.2'])
  expect(text).toContain('http://localhost:4173')
  expect(text).toContain('https://192.168.1.5:4173')
  expect(text).toContain('https://10.0.0.2:4173')
  expect(text).toContain('█')
  expect(welcome(4173, [])).not.toContain('█')
})

async function register(scheme: 'ws' | 'wss', id: string, at = server): Promise<WebSocket> {
  const url = `${scheme}://localhost:${at.port}/peerjs/peerjs?key=peerjs&id=${id}&token=${id}-token`
  const socket = new WebSocket(url, { rejectUnauthorized: false })
  expect(await nextMessage(socket)).toEqual({ type: 'OPEN' })
  return socket
}

function nextMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString())))
    socket.once('error', reject)
  })
}
