import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../server.ts'
import type { Machine } from './machine.ts'
import { securityHeaders } from './securityHeaders.ts'
import {
  ask,
  brokerSocketPath,
  connectRaw,
  scriptText,
  startTestServer,
  untilEnd,
  upgradeHeaders,
} from './testing/testServer.ts'

const schemes = ['http', 'https'] as const
const scriptPath = '/assets/main-1a2b3c4d.js'
/** Nobody who asks is on this machine, which has an address of the documentation range (RFC 5737). */
const machine: Machine = {
  names: ['box', 'box.local'],
  addresses: () => ['192.0.2.5'],
  isItself: () => false,
}

let server: Awaited<ReturnType<typeof startTestServer>>
let seenFromOutside: Server
beforeAll(async () => {
  server = await startTestServer({ allowedHosts: ['drop.example'] })
  seenFromOutside = await startTestServer({ machine, host: '0.0.0.0' })
})
afterAll(() => Promise.all([server.close(), seenFromOutside.close()]))

test.each(schemes)('%s serves the page, its types and its cache rules', async (scheme) => {
  const page = await ask(server, scheme, '/')
  expect(page.status).toBe(200)
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
  })

  const script = await ask(server, scheme, scriptPath)
  expect(script.body).toBe(scriptText)
  expect(script.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  })

  const manifest = await ask(server, scheme, '/manifest.webmanifest')
  expect(manifest.headers['content-type']).toContain('application/manifest+json')

  // What tells of a newer build is asked for again each time.
  const worker = await ask(server, scheme, '/sw.js')
  expect(worker.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'no-cache',
  })
})

const asIs = (bytes: Buffer): Buffer => bytes

describe('compressed', () => {
  test.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['br', 'br;q=0.5, gzip;q=0.4', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
    ['gzip', 'br;q=0, gzip', gunzipSync],
    [undefined, 'identity', asIs],
    [undefined, 'gzip;q=0', asIs],
    [undefined, undefined, asIs],
  ])('as %s to who accepts %s', async (encoding, accepted, unpack) => {
    for (const [path, type, cache, text] of [
      [scriptPath, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', scriptText],
      ['/', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    ] as const) {
      const headers = accepted === undefined ? {} : { 'accept-encoding': accepted }
      const answer = await ask(server, 'http', path, { headers })
      expect(answer.status).toBe(200)
      expect(answer.headers['content-encoding']).toBe(encoding)
      expect(answer.headers['content-type']?.toLowerCase()).toBe(type)
      expect(answer.headers['cache-control']).toBe(cache)
      expect(answer.headers.vary).toContain('Accept-Encoding')
      expect(unpack(answer.bytes).toString()).toContain(text)
    }
  })

  test('each form has an ETag of its own, by which it is not sent twice', async () => {
    const etags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (encoding) => {
        const headers = { 'accept-encoding': encoding }
        const { etag = '' } = (await ask(server, 'http', scriptPath, { headers })).headers
        const again = await ask(server, 'http', scriptPath, {
          headers: { ...headers, 'if-none-match': etag },
        })
        expect(again.status).toBe(304)
        return etag
      }),
    )
    expect(new Set(etags).size).toBe(3)
  })

  test('a copy that is gone since is a plain 404', async () => {
    const other = await startTestServer()
    await rm(join(other.distFolder, 'assets'), { recursive: true })
    const answer = await ask(other, 'http', scriptPath, { headers: { 'accept-encoding': 'br' } })
    expect(answer.status).toBe(404)
    expect(answer.headers['content-encoding']).toBeUndefined()
    await other.close()
  })
})

const pageUrl = async (at: Server, headers = {}): Promise<unknown> =>
  JSON.parse((await ask(at, 'https', '/config.json', { headers })).body).pageUrl

describe('config.json', () => {
  test.each(schemes)('names our own broker over %s', async (scheme) => {
    const { body, headers } = await ask(server, scheme, '/config.json')
    expect(headers['cache-control']).toBe('no-cache')
    expect(JSON.parse(body)).toEqual({
      signaling: [
        { type: 'peerjs', host: 'localhost', port: server.port, path: '/peerjs', secure: scheme === 'https' },
      ],
      iceServers: [],
    })
  })

  test('names a STUN server of ours on the network, and nobody outside of it', async () => {
    const { body } = await ask(seenFromOutside, 'https', '/config.json')
    const [{ urls = '' } = {}, ...others] = JSON.parse(body).iceServers
    expect(urls).toMatch(/^stun:192\.0\.2\.5:\d+$/)
    expect(others).toEqual([])
  })

  test('can be overridden', async () => {
    const configOverride = { signaling: [] }
    const other = await startTestServer({ configOverride, host: '0.0.0.0' })
    expect(JSON.parse((await ask(other, 'http', '/config.json')).body)).toEqual(configOverride)
    await other.close()
  })

  test('tells a page opened as localhost where others find it', async () => {
    expect(await pageUrl(seenFromOutside)).toBe(`https://192.0.2.5:${seenFromOutside.port}/`)
    expect(await pageUrl(seenFromOutside, { host: '127.0.0.1' })).toBeDefined()
  })

  test('has no other address for a page opened on the network, nor where there is none to tell', async () => {
    expect(await pageUrl(seenFromOutside, { host: `192.0.2.5:${seenFromOutside.port}` })).toBeUndefined()
    const nowhere = await startTestServer({ host: '0.0.0.0', machine: { ...machine, addresses: () => [] } })
    expect(await pageUrl(nowhere)).toBeUndefined()
    await nowhere.close()
    // Listens for this machine alone.
    const alone = await startTestServer({ machine })
    expect(await pageUrl(alone)).toBeUndefined()
    await alone.close()
  })
})

test('nothing outside the built page is served', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '//secret.txt',
  ]) {
    const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
    const answer = await untilEnd(await connectRaw(server, request))
    expect(answer).toMatch(/^HTTP\/1\.1 40[034] /)
    expect(answer).not.toContain('not for the network')
  }
})

describe('who may ask', () => {
  test.each(schemes)('a name that is not ours gets nothing over %s', async (scheme) => {
    for (const path of ['/', '/config.json', scriptPath, '/peerjs/peerjs/id']) {
      const answer = await ask(server, scheme, path, { headers: { host: `evil.example:${server.port}` } })
      expect(answer.status).toBe(421)
      expect(answer.body).toContain('SWARMDROP_HOSTS=evil.example')
    }
    expect((await ask(server, scheme, '/', { headers: { host: 'drop.example' } })).status).toBe(200)
    expect((await ask(server, scheme, '/', { headers: { host: '"><script>' } })).status).toBe(400)
  })

  test('plain http from another machine is sent to https', async () => {
    const { port } = seenFromOutside
    const headers = { host: `192.0.2.5:${port}` }
    const answer = await ask(seenFromOutside, 'http', '/index.html?debug', { headers })
    expect(answer.status).toBe(308)
    expect(answer.headers.location).toBe(`https://192.0.2.5:${port}/index.html?debug`)
    expect((await ask(seenFromOutside, 'https', '/', { headers })).status).toBe(200)
    // Only ever to names of ours.
    const elsewhere = await ask(seenFromOutside, 'http', '/', { headers: { host: 'evil.example' } })
    expect(elsewhere.headers.location).toBeUndefined()
    const absolute = await ask(seenFromOutside, 'http', 'http://evil.example/', { headers })
    expect(absolute.headers.location).toBe(`https://192.0.2.5:${port}/`)
  })
})

describe('the security headers are on', () => {
  const expected = Object.entries(securityHeaders).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  )

  test.each([
    ['the page', 200, '/', {}],
    ['a script', 200, scriptPath, {}],
    ['config.json', 200, '/config.json', {}],
    ['the broker', 200, '/peerjs/', {}],
    ['an id of the broker', 200, '/peerjs/peerjs/id', {}],
    ['what the broker denies', 401, '/peerjs/peerjs/peers', {}],
    ['what is not there', 404, '/nothing', {}],
    ['a folder', 404, '/assets', {}],
    ['a broken path', 400, '/%zz', {}],
    ['a range beyond the end', 416, scriptPath, { headers: { range: 'bytes=999999-' } }],
    ['a method nobody takes', 404, '/', { method: 'DELETE' }],
    ['a foreign name', 421, '/', { headers: { host: 'evil.example' } }],
    ['a malformed name', 400, '/', { headers: { host: 'a b' } }],
    ['an expectation', 200, '/', { headers: { expect: 'the-unexpected' } }],
    [
      'a foreign origin',
      403,
      brokerSocketPath('a'),
      { headers: { ...upgradeHeaders, origin: 'https://evil.example' } },
    ],
    ['a WebSocket elsewhere', 404, '/elsewhere', { headers: upgradeHeaders }],
    [
      'a malformed upgrade',
      400,
      brokerSocketPath('a'),
      { headers: { ...upgradeHeaders, 'sec-websocket-key': 'x' } },
    ],
  ])('%s (%i)', async (_what, status, path, options) => {
    for (const scheme of schemes) {
      const answer = await ask(server, scheme, path, options)
      expect(answer.status).toBe(status)
      for (const [name, value] of expected) expect([name, answer.headers[name]]).toEqual([name, value])
      expect(answer.headers['x-powered-by']).toBeUndefined()
    }
  })

  test('the way to https (308)', async () => {
    const answer = await ask(seenFromOutside, 'http', '/')
    expect(answer.status).toBe(308)
    for (const [name, value] of expected) expect(answer.headers[name]).toBe(value)
  })

  test.each([
    ['no HTTP (400)', 'NONSENSE\r\n\r\n'],
    ['no Host header (400)', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['too many headers (431)', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%s', async (what, request) => {
    const answer = await untilEnd(await connectRaw(server, request))
    expect(answer).toContain(`HTTP/1.1 ${what.match(/\d+/)?.[0]}`)
    for (const [name, value] of Object.entries(securityHeaders)) expect(answer).toContain(`${name}: ${value}`)
  })
})
