import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import { idBytes, linkSessionBytes, type LinkSession, type PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Letter, RoomMessage, Signal } from './io.ts'
import { decodeLetter, encodeLetter } from './letters.ts'
import { decodeRoomMessage, encodeRoomMessage } from './messages.ts'

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const peers = bytesOf(idBytes).map((bytes) => base64UrlFromBytes(bytes) as PeerId)
const sessions = bytesOf(linkSessionBytes).map((bytes) => base64UrlFromBytes(bytes) as LinkSession)
const ids = fc.stringMatching(/^[\w-]{1,32}$/)
const brokers = fc.nat(limits.brokersMax - 1)
const mailboxes = fc.array(
  fc.record({ broker: brokers, mailbox: fc.stringMatching(/^[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,8}){0,3}$/) }),
  { maxLength: limits.brokersMax },
)
const doors = fc.array(fc.record({ broker: brokers, door: fc.nat(limits.doors - 1) }), { maxLength: 10 })
const texts = fc.string({ minLength: 1, maxLength: 300, unit: 'binary' })

const signals: fc.Arbitrary<Exclude<Signal, { type: 'hello' }>> = fc.record({
  type: fc.constantFrom('offer', 'answer', 'candidate'),
  session: sessions,
  data: texts,
})
const version = fc.constant(1 as const)
const letters: fc.Arbitrary<Letter> = fc.oneof(
  fc.record({
    version,
    id: ids,
    from: peers,
    to: fc.constant(null),
    mailboxes,
    signal: fc.constant({ type: 'hello' as const }),
  }),
  fc.record({ version, id: ids, from: peers, to: peers, mailboxes, signal: signals }),
)
const profile = fc.record({
  name: fc.string({ maxLength: limits.nameLengthMax, unit: 'grapheme-ascii' }),
  device: fc.constantFrom('phone' as const, 'tablet' as const, 'desktop' as const),
})
const messages: fc.Arbitrary<RoomMessage> = fc.oneof(
  fc.record({ type: fc.constant('profile' as const), version, profile, mailboxes, doors }),
  fc.record({
    type: fc.constant('roster' as const),
    members: fc.array(fc.record({ peer: peers, mailboxes }), { maxLength: 20 }),
  }),
  fc.record({
    type: fc.constant('relay' as const),
    id: ids,
    to: peers,
    hops: fc.nat(limits.relayHopsMax),
    sealed: fc.stringMatching(/^[\w-]{1,200}$/),
  }),
  fc.constantFrom({ type: 'ping' as const }, { type: 'pong' as const }, { type: 'bye' as const }),
)

/** A letter or message with one field, at any depth, replaced by anything. */
function spoil(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return by
  const keys = Object.keys(value)
  const key = keys[step % Math.max(1, keys.length)] ?? 'extra'
  const inner = spoil((value as Record<string, unknown>)[key], rest, by)
  if (!Array.isArray(value)) return { ...value, [key]: inner }
  return value.map((item, at) => (String(at) === key ? inner : item))
}
const spoiled = (of: fc.Arbitrary<unknown>) =>
  fc.tuple(of, fc.array(fc.nat(7), { maxLength: 4 }), fc.jsonValue()).map((parts) => spoil(...parts))

describe.each([
  { name: 'letters', decode: decodeLetter, valid: letters.map(encodeLetter), sane: letters },
  { name: 'messages', decode: decodeRoomMessage, valid: messages.map(encodeRoomMessage), sane: messages },
])('[R21] $name', ({ decode, valid, sane }) => {
  it('[R21] come back as they were', () => {
    fc.assert(
      fc.property(sane, (value) => {
        expect(decode(JSON.stringify(value))).toEqual({ ok: true, value })
      }),
    )
    fc.assert(
      fc.property(valid, (text) => {
        expect(decode(text).ok).toBe(true)
      }),
    )
  })

  it('[R21] any text at all gives a value or a fault', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.json())
    fc.assert(
      fc.property(anything, (text) => {
        expect(decode(text).ok).toBeTypeOf('boolean')
      }),
    )
  })

  it('[R21] what is spoiled in one field is refused, or taken without the spoiled part', () => {
    fc.assert(
      fc.property(spoiled(sane), (value) => {
        const first = decode(JSON.stringify(value))
        if (!first.ok) return
        expect(decode(JSON.stringify(first.value))).toEqual(first)
      }),
      { numRuns: 1000 },
    )
  })

  it('[R21] too long is refused before it is parsed', () => {
    const text = ' '.repeat(limits.messageSizeMaxBytes + 1)
    expect(decode(text)).toEqual({ ok: false, fault: { code: 'oversized', lengthUnits: text.length } })
  })

  it.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    '"hello"',
    '{}',
    '{"type":"constructor"}',
    '{"__proto__":{"type":"ping"}}',
  ])('[R21] %s is refused', (text) => expect(decode(text).ok).toBe(false))
})

const at = (door: number) => ({ broker: 0, door })

describe('bounds', () => {
  const message = {
    type: 'profile',
    version: 1,
    profile: { name: 'Alice', device: 'phone' },
    mailboxes: [{ broker: 0, mailbox: 'a-b' }],
    doors: [at(0)],
  }
  const decodes = (changes: object) => decodeRoomMessage(JSON.stringify({ ...message, ...changes })).ok

  it('[R21] numbers, lists and addresses out of bounds are refused', () => {
    expect(decodes({})).toBe(true)
    expect(decodes({ version: 2 })).toBe(false)
    expect(decodes({ doors: [at(limits.doors)] })).toBe(false)
    expect(decodes({ doors: [at(0.5)] })).toBe(false)
    expect(decodes({ doors: [at(-1)] })).toBe(false)
    expect(decodes({ doors: Array.from({ length: 65 }, () => at(0)) })).toBe(false)
    expect(decodes({ mailboxes: [{ broker: limits.brokersMax, mailbox: 'a' }] })).toBe(false)
    for (const mailbox of ['', '-a', 'a-', 'a--b', 'a b', 'a/b', 'ä', 'a'.repeat(65), 7, null]) {
      expect(decodes({ mailboxes: [{ broker: 0, mailbox }] })).toBe(false)
    }
    const members = Array.from({ length: limits.rosterEntriesMax + 1 }, () => ({
      peer: 'A'.repeat(22),
      mailboxes: [],
    }))
    expect(decodeRoomMessage(JSON.stringify({ type: 'roster', members })).ok).toBe(false)
    expect(decodeRoomMessage(JSON.stringify({ type: 'roster', members: members.slice(1) })).ok).toBe(true)
  })

  it('[R21] a long name is cut, not inside a character', () => {
    const name = `${'x'.repeat(limits.nameLengthMax - 1)}😀😀`
    const decoded = decodeRoomMessage(JSON.stringify({ ...message, profile: { name, device: 'phone' } }))
    expect(decoded).toMatchObject({ value: { profile: { name: 'x'.repeat(limits.nameLengthMax - 1) } } })
  })

  it('[R21] a hello is for nobody by name, all else for somebody', () => {
    const letter = { version: 1, id: 'id', from: 'A'.repeat(22), mailboxes: [] }
    const offer = { type: 'offer', session: 'A'.repeat(11), data: 'sdp' }
    const decodesLetter = (fields: object) => decodeLetter(JSON.stringify({ ...letter, ...fields })).ok
    expect(decodesLetter({ to: null, signal: { type: 'hello' } })).toBe(true)
    expect(decodesLetter({ to: 'A'.repeat(22), signal: { type: 'hello' } })).toBe(false)
    expect(decodesLetter({ signal: { type: 'hello' } })).toBe(false)
    expect(decodesLetter({ to: 'A'.repeat(22), signal: offer })).toBe(true)
    expect(decodesLetter({ to: null, signal: offer })).toBe(false)
  })
})
