import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import { idBytes, linkSessionBytes, type LinkSession, type PeerId, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import { readEnvelope } from './envelopes.ts'
import type { Card, RoomMessage, Signal } from './io.ts'
import { decodeLetter, encodeLetter, type LetterContent } from './letters.ts'
import { decodeRoomMessage, encodeRoomMessage, relayOf } from './messages.ts'
import { fakeSeal, signedCard } from './testing/fakeSigning.ts'
import { cardOf, peerNumber, sessionNumber } from './testing/roomBench.ts'

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const peers = bytesOf(idBytes).map((bytes) => base64UrlFromBytes(bytes) as PeerId)
const sessions = bytesOf(linkSessionBytes).map((bytes) => base64UrlFromBytes(bytes) as LinkSession)
const nonces = fc.stringMatching(/^[\w-]{1,32}$/)
const brokers = fc.nat(limits.brokersMax - 1)
const mailboxes = fc.array(
  fc.record({ broker: brokers, mailbox: fc.stringMatching(/^[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,8}){0,3}$/) }),
  { maxLength: limits.brokersMax },
)
const doors = fc.uniqueArray(
  fc.record({ broker: brokers, door: fc.nat(limits.doors - 1), epoch: fc.nat(30_000) }),
  { maxLength: limits.brokersMax, selector: ({ broker }) => broker },
)
const shares = fc.array(
  bytesOf(idBytes).map((bytes) => base64UrlFromBytes(bytes) as ShareId),
  { maxLength: 20 },
)
const texts = fc.string({ minLength: 1, maxLength: 300, unit: 'binary' })

const signals: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({ type: fc.constantFrom('hello' as const, 'probe' as const), nonce: nonces }),
  fc.record({ type: fc.constant('welcome' as const), nonce: nonces, echo: nonces }),
  fc.record({ type: fc.constant('offer' as const), session: sessions, data: texts, echo: nonces }),
  fc.record({
    type: fc.constantFrom('answer' as const, 'candidate' as const),
    session: sessions,
    data: texts,
  }),
)
const letters: fc.Arbitrary<LetterContent> = fc.record({ stamp: nonces, mailboxes, signal: signals })
const profile = fc.record({
  name: fc.string({ maxLength: limits.nameLengthMax, unit: 'grapheme-ascii' }),
  device: fc.constantFrom('phone' as const, 'tablet' as const, 'desktop' as const),
})
const cards: fc.Arbitrary<Card> = fc
  .tuple(
    peers,
    fc.record({ profile, mailboxes, doors, shares, sequence: fc.nat(1000), lifeSeconds: fc.nat(3600) }),
  )
  .map(([peer, content]) => signedCard(peer, content))
const manifests = fc.array(fc.string({ minLength: 1, maxLength: 30 }), { maxLength: 20 })
const heads = fc.array(fc.tuple(peers, fc.nat(1000)), { maxLength: 20 })
const relays: fc.Arbitrary<RoomMessage> = fc
  .tuple(peers, peers, letters, fc.nat(limits.relayHopsMax))
  .map(([from, to, content, hops]) => {
    const message = relayOf(hops, fakeSeal(from, { to, ...content }))
    assert(message, 'a letter to somebody')
    return message
  })
const messages: fc.Arbitrary<RoomMessage> = fc.oneof(
  fc.record({ type: fc.constant('card' as const), version: fc.constant(3 as const), card: cards }),
  fc.record({ type: fc.constantFrom('heads' as const, 'doubt' as const), heads }),
  fc.record({ type: fc.constant('ask' as const), peers: fc.array(peers, { maxLength: 20 }) }),
  fc.record({ type: fc.constant('cards' as const), cards: fc.array(cards, { maxLength: 20 }) }),
  fc.record({
    type: fc.constant('roster' as const),
    members: fc.array(cards, { maxLength: 20 }),
    others: fc.array(peers, { maxLength: 20 }),
  }),
  fc.record({ type: fc.constant('whatAre' as const), shares }),
  fc.record({ type: fc.constant('manifests' as const), manifests }),
  relays,
  fc.record({ type: fc.constant('atDoor' as const), nonce: nonces }),
  fc.constantFrom({ type: 'ping' as const }, { type: 'pong' as const }, { type: 'bye' as const }),
  fc.constant({ type: 'giveWay' as const }),
)

const lettersAsText = letters.map((letter) => {
  const text = encodeLetter(letter)
  assert(text !== null, 'it fits')
  return text
})

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
  { name: 'letters', decode: decodeLetter, valid: lettersAsText, sane: letters },
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

const at = (door: number) => ({ broker: 0, door, epoch: 20_000 })

const ofLength = (length: number) =>
  encodeLetter({
    stamp: 'stamp',
    mailboxes: [],
    signal: { type: 'answer', session: sessionNumber(1), data: 'x'.repeat(length) },
  })

describe('bounds', () => {
  const message = {
    type: 'card',
    version: 3,
    card: cardOf(peerNumber(1), [{ broker: 0, mailbox: 'a-b' }]),
  }
  const decodes = (changes: object) => decodeRoomMessage(JSON.stringify({ ...message, ...changes })).ok

  it('[R21] numbers, lists and addresses out of bounds are refused', () => {
    expect(decodes({})).toBe(true)
    expect(decodes({ version: 1 })).toBe(false)
    const shows = (changes: object) => decodes({ card: { ...message.card, ...changes } })
    expect(shows({ doors: [at(0)] })).toBe(true)
    expect(shows({ doors: [at(limits.doors)] })).toBe(false)
    expect(shows({ doors: [at(0.5)] })).toBe(false)
    expect(shows({ doors: [at(-1)] })).toBe(false)
    const minusZero = JSON.stringify({ ...message, card: { ...message.card, doors: [at(0)] } })
    expect(decodeRoomMessage(minusZero.replace('"door":0', '"door":-0')).ok).toBe(false)
    expect(shows({ doors: [at(0), at(1)] })).toBe(false)
    expect(shows({ mailboxes: [{ broker: limits.brokersMax, mailbox: 'a' }] })).toBe(false)
    expect(shows({ device: 'A'.repeat(42) })).toBe(false)
    expect(shows({ sequence: 0.5 })).toBe(false)
    expect(shows({ lifeSeconds: limits.cardLifeMaxMs / 1000 + 1 })).toBe(false)
    expect(shows({ profile: { name: 'x'.repeat(limits.nameLengthMax), device: 'phone' } })).toBe(true)
    expect(shows({ profile: { name: 'x'.repeat(limits.nameLengthMax + 1), device: 'phone' } })).toBe(false)
    expect(shows({ profile: { name: 'x', device: 'toaster' } })).toBe(false)
    expect(shows({ proof: 'a'.repeat(257) })).toBe(false)
    for (const mailbox of ['', '-a', 'a-', 'a--b', 'a b', 'a/b', 'ä', 'a'.repeat(65), 7, null]) {
      expect(shows({ mailboxes: [{ broker: 0, mailbox }] })).toBe(false)
    }
    const members = Array.from({ length: limits.rosterEntriesMax + 1 }, () => cardOf(peerNumber(1)))
    expect(decodeRoomMessage(JSON.stringify({ type: 'roster', members })).ok).toBe(false)
    expect(
      decodeRoomMessage(JSON.stringify({ type: 'roster', members: members.slice(1), others: [] })).ok,
    ).toBe(true)
  })

  it('[R23] a letter has one of a few lengths, and none is longer than the longest', () => {
    const lengths = [1, 100, 400, 600, 1500, 3000, 9000, 20_000].map((length) => ofLength(length)?.length)
    expect(lengths).toEqual([512, 512, 512, 2048, 2048, 8192, 24_576, 24_576])
    expect(ofLength(25_000)).toBeNull()
    const wide = ofLength(1)?.replace('x', 'ß')
    expect(wide && new TextEncoder().encode(wide).length).toBe(513)
    const umlauts = encodeLetter({
      stamp: 'stamp',
      mailboxes: [],
      signal: { type: 'answer', session: sessionNumber(1), data: 'ß'.repeat(100) },
    })
    expect(umlauts && new TextEncoder().encode(umlauts).length).toBe(512)
  })

  it('[R23] any bytes are an envelope or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const envelope = readEnvelope(Uint8Array.from(bytes))
        if (envelope === null) return
        expect(envelope.signed.length + envelope.signature.length).toBe(bytes.length)
      }),
    )
    const whole = new Uint8Array(145)
    whole[0] = 2
    expect(readEnvelope(whole)).toMatchObject({ to: null, content: new Uint8Array() })
    expect(readEnvelope(whole.slice(1))).toBeNull()
    expect(readEnvelope(Uint8Array.of(3, ...whole.slice(1)))).toBeNull()
  })
})
