import { describe, expect, test } from 'vitest'
import { serverLimits } from './serverLimits.ts'
import { ask, startTestServer } from './testing/testServer.ts'
import { parseTurn, turnCredentials } from './turnCredentials.ts'

const turn = { secret: 's3cret', urls: ['turn:turn.example:3478', 'turns:turn.example:5349?transport=tcp'] }

test('credentials say when they end, signed with the secret', () => {
  // As `openssl dgst -sha1 -hmac s3cret` signs it.
  expect(turnCredentials(turn, 3_600_000, 1_699_996_400_999)).toEqual({
    iceServers: [
      { urls: turn.urls, username: '1700000000:swarmdrop', credential: 'Pm3ey5S5cBK35c9MRcz4xgGPmm8=' },
    ],
    ttl: 3600,
  })
})

describe('a server with a TURN secret', () => {
  test('lends credentials to its page, and says so in its configuration', async () => {
    const server = await startTestServer({ turn })
    const { body, headers } = await ask(server, 'https', '/turn-credentials')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(JSON.parse(body)).toMatchObject({
      iceServers: [{ urls: turn.urls }],
      ttl: serverLimits.turnCredentialLifeMs / 1000,
    })
    expect(body).not.toContain(turn.secret)
    const config = JSON.parse((await ask(server, 'https', '/config.json')).body)
    expect(config).toMatchObject({ iceServers: [], iceServersUrl: 'turn-credentials' })
    await server.close()
  })

  test('lends none to who asks by the name of a stranger', async () => {
    const server = await startTestServer({ turn })
    const headers = { host: 'evil.example' }
    const answer = await ask(server, 'http', '/turn-credentials', { headers })
    expect(answer.body).not.toContain('credential')
    await server.close()
  })

  test('is one that was given one', async () => {
    const server = await startTestServer()
    expect((await ask(server, 'http', '/turn-credentials')).status).toBe(404)
    expect(JSON.parse((await ask(server, 'http', '/config.json')).body)).not.toHaveProperty('iceServersUrl')
    await server.close()
  })
})

test('TURN_SECRET and TURN_URLS are taken together, or not at all', () => {
  expect(parseTurn('', '')).toBeUndefined()
  expect(parseTurn('s', 'turn:a.example:3478, turns:a.example?transport=tcp stun:a.example')).toEqual({
    secret: 's',
    urls: ['turn:a.example:3478', 'turns:a.example?transport=tcp', 'stun:a.example'],
  })
  for (const [secret, urls] of [
    ['', 'turn:a.example'],
    ['s', ''],
    ['s', 'a.example:3478'],
    ['s', 'turn:a.example, https://b.example'],
  ] as const) {
    expect(parseTurn(secret, urls)).toMatch(/^TURN_URLS/)
  }
})
