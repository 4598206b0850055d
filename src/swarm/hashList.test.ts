import { describe, expect, it } from 'vitest'
import { HashList, signedBytes, type HashPart } from './hashList.ts'
import { fakeSha256, fakeSign, fakeVerify } from './testing/fakeCrypto.ts'
import { flipped, hashesOf, hashOf, listOf, signParts } from './testing/lists.ts'
import { newManifest, range } from './testing/swarmWorld.ts'

function known(parts: readonly HashPart[]): HashList {
  const list = new HashList(fakeSha256)
  for (const part of parts) list.add(part)
  return list
}

describe('hash list', () => {
  const manifest = newManifest(9)
  it('S4 is of parts that go on from each other, and knows the hash of each piece', () => {
    const parts = listOf(manifest, 9, [1, 4, 7])
    const list = known(parts.slice(0, 3))
    expect(list.count).toBe(7)
    expect(range(9).map((piece) => list.hashAt(piece))).toEqual([...range(7).map(hashOf), null, null])
    expect(range(9).map((piece) => list.partAt(piece)?.first ?? null)).toEqual([
      0,
      1,
      1,
      1,
      4,
      4,
      4,
      null,
      null,
    ])
    expect(parts.map((part) => list.compare(part))).toEqual(['same', 'same', 'same', 'next'])
    expect(known(parts.slice(0, 1)).compare(parts[2] as HashPart)).toBe('later')
  })

  it.each<[string, HashPart[]]>([
    ['other hashes', signParts(manifest, hashesOf(20, 29), [1, 4])],
    ['another cut', listOf(manifest, 9, [1, 5])],
    ['other hashes before', signParts(manifest, hashesOf(20, 29), [1, 4, 7])],
  ])('S4 takes no part with %s for one of its own', (_, parts) => {
    const list = known(listOf(manifest, 7, [1, 4]))
    expect(parts.slice(1).map((part) => list.compare(part))).toEqual(parts.slice(1).map(() => 'other'))
  })

  it('S4 has a digest where a part ends, and nowhere else', () => {
    const parts = listOf(manifest, 6, [1, 4])
    const list = known(parts)
    expect(range(8).filter((position) => list.digestAt(position) !== null)).toEqual([0, 1, 4, 6])
    expect(list.digestAt(4)).toEqual(parts[2]?.before)
    expect(list.digestAt(6)).toEqual(list.digest)
  })

  it('S4 what is signed differs by share, place, what was before, and each hash', () => {
    const [, part] = listOf(manifest, 3)
    if (!part) throw new Error('a list of three has two parts')
    const other = new Uint8Array(32).fill(1)
    const signed = [
      signedBytes(manifest.share, part),
      signedBytes(newManifest(9).share, part),
      signedBytes(manifest.share, { ...part, first: 2 }),
      signedBytes(manifest.share, { ...part, before: other }),
      signedBytes(manifest.share, { ...part, hashes: part.hashes.subarray(32) }),
    ]
    expect(new Set(signed.map(String)).size).toBe(signed.length)
  })

  it('a fake signature is refused for another key, other bytes, or a bit more', () => {
    const [key, bytes] = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    const signature = fakeSign(key, bytes)
    expect(fakeVerify(key, signature, bytes)).toBe(true)
    expect(fakeVerify(Uint8Array.of(1), signature, bytes)).toBe(false)
    expect(fakeVerify(key, signature, Uint8Array.of(4))).toBe(false)
    expect(fakeVerify(key, flipped(signature, 0), bytes)).toBe(false)
  })
})
