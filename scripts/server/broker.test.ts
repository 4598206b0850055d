import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../server.ts'
import { thisMachine } from './machine.ts'
import { serverLimits } from './serverLimits.ts'
import {
  ask,
  BrokerClient,
  brokerSocketPath,
  register,
  startTestServer,
  upgradeHeaders,
} from './testing/testServer.ts'

let server: Server
beforeAll(async () => {
  server = await startTestServer({ allowedHosts: ['drop.example'] })
})
afterAll(() => server.close())

test('a client on ws and one on wss meet', async () => {
  const [alice, bob] = [await register(server, 'ws', 'alice'), await register(server, 'wss', 'bob')]
  alice.offer('bob', 'sealed')
  expect(await bob.next()).toEqual({ type: 'OFFER', src: 'alice', dst: 'bob', payload: 'sealed' })
  const longest = 'x'.repeat(60_000)
  bob.offer('alice', { type: 'swarmdrop', sealed: longest })
  expect(await alice.next()).toMatchObject({ src: 'bob', payload: { sealed: longest } })
})

test('a message left for somebody absent is there when they come', async () => {
  const alice = await register(server, 'ws', 'early')
  alice.offer('late', 'hello')
  await alice.untilEcho()
  const bob = await register(server, 'ws', 'late')
  expect(await bob.next()).toMatchObject({ src: 'early', payload: 'hello' })
})

describe('hostile messages', () => {
  test('one that is too long ends the connection of its sender', async () => {
    const mallory = await register(server, 'ws', 'long')
    mallory.socket.send('x'.repeat(serverLimits.brokerMessageMaxBytes + 1))
    expect(await mallory.closed).toBe(1009)
  })

  test.each([
    ['no JSON', '{'],
    ['JSON that is no message', 'null'],
    ['a kind that is the server’s to say', JSON.stringify({ type: 'EXPIRE', dst: 'victim' })],
    ['nobody to send to', JSON.stringify({ type: 'OFFER', dst: {} })],
    // PeerServer cannot write this down again, and would close the connection of its receiver.
    [
      'depth without end',
      `{"type":"OFFER","dst":"victim","payload":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    ],
  ])('%s reaches nobody and hurts nobody', async (_what, message) => {
    const mallory = await register(server, 'ws', 'mallory')
    const victim = await register(server, 'ws', 'victim')
    mallory.socket.send(message)
    expect(await mallory.untilEcho()).toEqual([])
    expect(await victim.untilEcho()).toEqual([])
    await Promise.all([mallory.leave(), victim.leave()])
  })

  test('messages for the absent are kept up to a limit, and others still pass', async () => {
    const other = await startTestServer({ limits: { brokerWaitingPerAddressMaxBytes: 5000 } })
    const mallory = await register(other, 'ws', 'flood')
    // PeerServer would forget its sender and go on listening to it: its own queue then grew uncounted.
    mallory.socket.send(JSON.stringify({ type: 'LEAVE', dst: '' }))
    for (let at = 0; at < 20; at++) mallory.offer('absent', String(at).padEnd(1000))
    expect(await mallory.untilEcho()).toEqual([])
    const late = await register(other, 'ws', 'absent')
    expect(await late.untilEcho()).toHaveLength(3)
    await other.close()
  })

  test('who does not read is sent no more than a limit', async () => {
    const other = await startTestServer({ limits: { brokerUnsentMaxBytes: 100_000 } })
    const [alice, sleeper] = [await register(other, 'ws', 'eager'), await register(other, 'ws', 'sleeper')]
    sleeper.socket.pause()
    // More than the buffers of both ends hold, so that the rest waits with the server.
    const count = 600
    for (let at = 0; at < count; at++) alice.offer('sleeper', 'x'.repeat(60_000))
    await alice.untilEcho()
    const heard = { count: 0, last: '' }
    sleeper.socket.on('message', (data: Buffer) => {
      heard.count++
      heard.last = data.toString()
    })
    sleeper.socket.resume()
    while (!heard.last.includes('there is room again')) {
      alice.offer('sleeper', 'there is room again')
      await alice.untilEcho()
    }
    expect(heard.count).toBeLessThan(count / 2)
    await other.close()
  })
})

const answerTo = async (headers: Record<string, string>, at = server): Promise<number | undefined> =>
  (await ask(at, 'http', brokerSocketPath('x'), { headers: { ...upgradeHeaders, ...headers } })).status

describe('who may connect', () => {
  test.each([undefined, 'http://localhost:5173', 'http://127.0.0.1', 'https://drop.example'])(
    'a page of %s',
    async (origin) => {
      const client = await register(server, 'ws', 'welcome', origin === undefined ? {} : { origin })
      await client.leave()
    },
  )

  test('no pages of strangers', async () => {
    for (const origin of ['https://evil.example', 'null', `http://localhost.evil.example:${server.port}`]) {
      expect(await answerTo({ origin })).toBe(403)
    }
  })

  test('nobody who asks for another name', async () => {
    const rebound = `evil.example:${server.port}`
    expect(await answerTo({ host: rebound })).toBe(421)
    expect(await answerTo({ host: rebound, origin: `http://${rebound}` })).toBe(421)
  })

  test('nobody over plain ws from another machine', async () => {
    const outside = await startTestServer({ machine: { ...thisMachine, isItself: () => false } })
    expect(await answerTo({}, outside)).toBe(403)
    await register(outside, 'wss', 'over-tls')
    await outside.close()
  })
})

test('a silent client is let go, even one whose place it took itself', async () => {
  const other = await startTestServer({ limits: { brokerSilenceMaxMs: 300 } })
  const first = await register(other, 'ws', 'twice')
  // With the same token it is taken back without a word, on the new connection only.
  const second = new BrokerClient(other, 'ws', 'twice')
  await new Promise((resolve) => second.socket.once('open', resolve))
  await Promise.all([first.closed, second.closed])
  await other.close()
})
