import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../shared/bytes.ts'
import { idBytes, signatureBytes } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomPeerId, seededRandom } from '../shared/random.ts'
import { decodeMessage, encodeMessage } from './codec.ts'
import { hashBytes } from './hashList.ts'
import type { SwarmMessage } from './io.ts'
import { fakeSha256 } from './testing/fakeCrypto.ts'
import { newManifest } from './testing/swarmWorld.ts'

const { share } = newManifest(1)
const number = fc.nat({ max: 0xffff_ffff })
const blocks = fc.array(fc.record({ piece: number, block: number }), {
  minLength: 1,
  maxLength: limits.requestsPerMessage,
})
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => array.slice())
const runs = fc
  .uniqueArray(fc.nat({ max: 1_000_000 }), { minLength: 2, maxLength: 60 })
  .map((cuts) => cuts.toSorted((a, b) => a - b))
  .map((cuts) => cuts.slice(1).map((cut, at) => [cuts[at] ?? 0, cut - (cuts[at] ?? 0)] as const))

const message: fc.Arbitrary<SwarmMessage> = fc.oneof(
  fc
    .record({ name: fc.string({ maxLength: 255, unit: 'binary' }), sizeBytes: fc.nat({ max: 2 ** 31 }) })
    .map((change): SwarmMessage => ({ type: 'offer', manifest: newManifest(1, change) })),
  fc
    .tuple(number, bytes(hashBytes, hashBytes), bytes(0, 3000))
    .map(([count, digest, bits]): SwarmMessage => ({
      type: 'bitfield',
      share,
      listed: { count, digest },
      bits,
    })),
  fc
    .tuple(
      number,
      bytes(hashBytes, hashBytes),
      fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: limits.farHoldersMax }),
      bytes(0, 3000),
    )
    .map(([count, digest, holders, bits]): SwarmMessage => ({
      type: 'through',
      share,
      listed: { count, digest },
      holders: holders.map(([seed, isWhole]) => ({ peer: randomPeerId(seededRandom(seed)), isWhole })),
      bits,
    })),
  runs.map((some): SwarmMessage => ({ type: 'have', share, runs: some })),
  number.map((hashesFrom): SwarmMessage => ({ type: 'interested', share, hashesFrom })),
  fc.constantFrom<SwarmMessage>(
    { type: 'notInterested', share },
    { type: 'withdraw', share },
    { type: 'ignored', share },
  ),
  fc
    .record({
      first: number,
      before: bytes(hashBytes, hashBytes),
      signature: bytes(signatureBytes, signatureBytes),
      hashes: fc.integer({ min: 1, max: 20 }).map((count) => new Uint8Array(count * hashBytes).fill(count)),
    })
    .map((part): SwarmMessage => ({ type: 'hashes', share, part })),
  fc
    .array(number, { minLength: 1, maxLength: limits.requestsPerMessage })
    .map((pieces): SwarmMessage => ({ type: 'promise', share, pieces })),
  fc
    .tuple(fc.constantFrom('request' as const, 'cancel' as const, 'refuse' as const), blocks)
    .map(([type, at]): SwarmMessage => ({ type, share, blocks: at })),
  fc
    .tuple(number, number, bytes(1, 2000))
    .map(([piece, block, body]): SwarmMessage => ({ type: 'block', share, piece, block, bytes: body })),
)

/** A message that begins with this type code and our share, and goes on as given. */
const raw = (code: number, body: ArrayLike<number>): Bytes =>
  Uint8Array.from([code, ...new Uint8Array(idBytes), ...Array.from(body)])
const numbers = (...some: readonly number[]): number[] =>
  some.flatMap((value) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
const codes = {
  bitfield: 2,
  have: 3,
  interested: 4,
  hashes: 7,
  promise: 8,
  request: 9,
  block: 12,
  ignored: 13,
  through: 14,
}

const decode = (encoded: Bytes) => decodeMessage(encoded, fakeSha256)
const digest = new Uint8Array(hashBytes)
const holder = new Uint8Array(idBytes + 1)
const partHead = new Uint8Array(4 + hashBytes + signatureBytes)

describe('codec', () => {
  it('W1 what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(message, (original) => {
        expect(decode(encodeMessage(original))).toEqual({ ok: true, value: original })
      }),
    )
  })

  it('W2 no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.nat({ max: 15 }), bytes(0, 200), (code, body) => {
        expect([true, false]).toContain(decode(raw(code, body)).ok)
        expect([true, false]).toContain(decode(Uint8Array.from([code, ...body])).ok)
        expect([true, false]).toContain(decode(body).ok)
      }),
      { numRuns: 2000 },
    )
  })

  it('W2 a cut or changed message decodes or is malformed, and never throws', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat({ max: 255 }), (original, at, byte) => {
        const encoded = encodeMessage(original)
        const changed = encoded.slice()
        changed[at % changed.length] = byte
        expect([true, false]).toContain(decode(changed).ok)
        expect([true, false]).toContain(decode(encoded.slice(0, at % encoded.length)).ok)
      }),
    )
  })

  it.each<[string, Bytes]>([
    ['nothing', new Uint8Array(0)],
    ['too long', raw(codes.bitfield, new Uint8Array(limits.messageSizeMaxBytes))],
    ['an unknown type', raw(99, [])],
    ['a have of no runs', raw(codes.have, [])],
    ['a have of half a run', raw(codes.have, numbers(1))],
    ['a have of an empty run', raw(codes.have, numbers(1, 0))],
    ['a have whose runs overlap', raw(codes.have, numbers(0, 5, 4, 1))],
    ['a have whose runs go down', raw(codes.have, numbers(5, 1, 4, 1))],
    ['two interests', raw(codes.interested, numbers(1, 2))],
    ['a bitfield without a digest', raw(codes.bitfield, [...numbers(1), 2, 3])],
    ['a through of nobody', raw(codes.through, [...numbers(1), ...digest, 0, 0xff])],
    ['a through of fewer than it says', raw(codes.through, [...numbers(1), ...digest, 2, ...holder])],
    [
      'a through of too many',
      raw(codes.through, [...numbers(1), ...digest, limits.farHoldersMax + 1, ...new Uint8Array(2000)]),
    ],
    [
      'a holder of half the share',
      raw(codes.through, [...numbers(1), ...digest, 1, ...holder.fill(2, idBytes)]),
    ],
    ['half a hash', raw(codes.hashes, [...partHead, 1, 2, 3])],
    ['a part of no hashes', raw(codes.hashes, partHead)],
    ['hashes from nowhere', raw(codes.hashes, [1, 2])],
    ['a part that nobody signed', raw(codes.hashes, new Uint8Array(partHead.length - 1))],
    [
      'too many hashes',
      raw(codes.hashes, new Uint8Array(partHead.length + (limits.hashesPerMessage + 1) * hashBytes)),
    ],
    ['too many promises', raw(codes.promise, new Uint8Array(4 * (limits.requestsPerMessage + 1)))],
    ['too many requests', raw(codes.request, new Uint8Array(8 * (limits.requestsPerMessage + 1)))],
    ['an ignored with something more', raw(codes.ignored, [0])],
    ['an empty block', raw(codes.block, numbers(1, 2))],
    ['an offer that is not JSON', Uint8Array.from([1, 0x7b])],
    ['an offer that is not UTF-8', Uint8Array.from([1, 0xff])],
    ['an offer of null', Uint8Array.from([1, ...new TextEncoder().encode('null')])],
  ])('W2 %s is malformed', (_, encoded) => {
    expect(decode(encoded)).toMatchObject({ ok: false, fault: { code: 'malformed' } })
  })

  it('W3 the longest of each fits in a message', () => {
    const longest: SwarmMessage[] = [
      { type: 'offer', manifest: newManifest(1, { name: '\u0000'.repeat(limits.nameLengthMax) }) },
      {
        type: 'bitfield',
        share,
        listed: { count: limits.piecesPerShareMax, digest: new Uint8Array(hashBytes) },
        bits: new Uint8Array(limits.piecesPerShareMax / 8),
      },
      {
        type: 'through',
        share,
        listed: { count: limits.piecesPerShareMax, digest: new Uint8Array(hashBytes) },
        holders: Array.from({ length: limits.farHoldersMax }, (_, at) => ({
          peer: randomPeerId(seededRandom(at)),
          isWhole: true,
        })),
        bits: new Uint8Array(limits.piecesPerShareMax / 8),
      },
      {
        type: 'have',
        share,
        runs: Array.from({ length: limits.runsPerMessage }, (_, at) => [2 * at, 1] as const),
      },
      {
        type: 'hashes',
        share,
        part: {
          first: 0,
          before: new Uint8Array(hashBytes),
          signature: new Uint8Array(signatureBytes),
          hashes: new Uint8Array(limits.hashesPerMessage * hashBytes),
        },
      },
      { type: 'block', share, piece: 0, block: 0, bytes: new Uint8Array(limits.blockSizeBytes) },
    ]
    for (const one of longest) expect(decode(encodeMessage(one))).toEqual({ ok: true, value: one })
  })
})
