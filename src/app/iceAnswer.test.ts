import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { parseIceAnswer } from './iceAnswer.ts'

const turn = { urls: 'turn:turn.example:3478?transport=udp', username: '1:u', credential: 'c' }
const parse = (answer: unknown) => parseIceAnswer(JSON.stringify(answer))

describe('what a service lends', () => {
  it.each([
    ['an RTCConfiguration', { iceServers: [turn], ttl: 600 }, 600_000],
    ['one with a single entry', { iceServers: turn }, limits.iceLifeDefaultMs],
    ['a list alone', [turn], limits.iceLifeDefaultMs],
    ['a life as text', { iceServers: [turn], ttl: '86400' }, 86_400_000],
    ['no life that makes sense', { iceServers: [turn], ttl: 'long' }, limits.iceLifeDefaultMs],
    ['a life of a moment', { iceServers: [turn], ttl: 1 }, limits.iceLifeMinMs],
    ['a life of years', { iceServers: [turn], ttl: 1e12 }, limits.iceLifeMaxMs],
  ])('is understood as %s', (_what, answer, lifeMs) => {
    expect(parse(answer)).toEqual({ ok: true, value: { servers: [turn], lifeMs } })
  })

  it("is understood as coturn's REST API writes it", () => {
    const uris = ['turn:a.example:3478?transport=udp', 'turns:a.example:5349']
    expect(parse({ username: '1:u', password: 'c', ttl: 86_400, uris })).toEqual({
      ok: true,
      value: {
        servers: uris.map((urls) => ({ urls, username: '1:u', credential: 'c' })),
        lifeMs: 86_400_000,
      },
    })
  })

  it('leaves out entries that make no sense', () => {
    const iceServers = [{ urls: 'https://turn.example' }, null, turn, { urls: 'turn:no.login.example' }]
    expect(parse({ iceServers })).toMatchObject({ value: { servers: [turn] } })
  })

  it.each([
    ['', 'the answer makes no sense'],
    ['{', 'the answer makes no sense'],
    ['null', 'the answer makes no sense'],
    ['{"error":"no such key"}', 'the answer makes no sense'],
    ['[]', 'the answer names no server'],
    ['{"iceServers":[{"urls":"x"}]}', 'the answer names no server'],
    [`[${' '.repeat(limits.iceAnswerLengthMax)}]`, 'the answer is too long'],
  ])('is refused in words: %s', (text, fault) => {
    expect(parseIceAnswer(text)).toEqual({ ok: false, fault })
  })
})
