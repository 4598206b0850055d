import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import type { Server } from '../server.ts'
import type { ServerLimits } from './serverLimits.ts'
import { connectRaw, startTestServer, untilEnd } from './testing/testServer.ts'

const request = 'GET /manifest.webmanifest HTTP/1.1\r\nHost: localhost\r\n\r\n'
const lastRequest = request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')

async function within(limits: Partial<ServerLimits>, use: (server: Server) => Promise<void>): Promise<void> {
  const server = await startTestServer({ limits })
  await use(server).finally(() => server.close())
}

const openTls = async (server: Server) => {
  const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}

test.each([
  ['of one address', { connectionsPerAddressMax: 3 }],
  ['altogether', { connectionsMax: 3 }],
])('connections %s are bounded, and a place is free again when one ends', async (_whose, limits) => {
  await within(limits, async (server) => {
    const [first, second] = [await connectRaw(server), await connectRaw(server), await connectRaw(server)]
    expect(await untilEnd(await connectRaw(server, request))).toBe('')
    const answer = untilEnd(first)
    first.write(lastRequest)
    expect(await answer).toContain('200 OK')
    expect(await untilEnd(await connectRaw(server, lastRequest))).toContain('200 OK')
    second.destroy()
  })
})

const quick = { headersTimeoutMs: 100, requestTimeoutMs: 200, lateRequestCheckIntervalMs: 20 }

test('a request whose headers do not end is ended', async () => {
  await within(quick, async (server) => {
    expect(await untilEnd(await connectRaw(server, 'GET / HTTP/1.1\r\nHost: local'))).toContain('408')
    const secure = await openTls(server)
    secure.write('GET / HTTP/1.1\r\nHost: local')
    expect(await untilEnd(secure)).toContain('408')
  })
})

test('a request whose body does not come is ended', async () => {
  await within(quick, async (server) => {
    const unfinished = request.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 9\r\n\r\n')
    await untilEnd(await connectRaw(server, unfinished))
  })
})

test('a connection that says nothing is ended', async () => {
  await within({ firstByteTimeoutMs: 50 }, async (server) => {
    expect(await untilEnd(await connectRaw(server))).toBe('')
  })
})

test('a connection that says nothing more after its request is ended', async () => {
  await within({ keepAliveTimeoutMs: 50 }, async (server) => {
    expect(await untilEnd(await connectRaw(server, request))).toContain('200 OK')
  })
})

test('a TLS handshake that does not end is ended', async () => {
  await within({ tlsHandshakeTimeoutMs: 50 }, async (server) => {
    // The head of a ClientHello that never comes.
    await untilEnd(await connectRaw(server, '\x16\x03\x01\x02\x00\x01'))
  })
})

test('an answer that nobody takes is given up', async () => {
  await within({ stalledAnswerTimeoutMs: 100, connectionsPerAddressMax: 1 }, async (server) => {
    const socket = await connectRaw(server)
    socket.pause()
    // More than the buffers of both ends hold.
    socket.write(request.replace('/manifest.webmanifest', '/assets/main-1a2b3c4d.js').repeat(100))
    // Its place is the only one, and taken as long as it lasts.
    let answer = ''
    while (answer === '') answer = await untilEnd(await connectRaw(server, lastRequest))
    expect(answer).toContain('200 OK')
  })
})
