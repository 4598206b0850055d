import { bytesFromBase64Url, type Bytes } from '../../shared/bytes.ts'
import type { PieceIndex } from '../../shared/ids.ts'
import { hashBytes, HashList, signedBytes, type HashPart } from '../hashList.ts'
import type { Listed } from '../io.ts'
import type { Manifest } from '../manifest.ts'
import { fakeSha256, fakeSign } from './fakeCrypto.ts'

/* Hash lists as an origin makes them, and as it does not. */

/** What stands for a piece's SHA-256. */
export function hashOf(piece: PieceIndex): Bytes {
  const hash = new Uint8Array(hashBytes)
  new DataView(hash.buffer).setUint32(0, piece + 1)
  return hash
}

export function hashesOf(first: PieceIndex, end: PieceIndex): Bytes {
  const hashes = new Uint8Array((end - first) * hashBytes)
  for (let piece = first; piece < end; piece++) hashes.set(hashOf(piece), (piece - first) * hashBytes)
  return hashes
}

export const keyOf = ({ key }: Manifest): Bytes => bytesFromBase64Url(key) ?? new Uint8Array(0)

/** The hash list of these hashes as the share's origin signs it, in parts that begin at 0 and at each of `cuts`. */
export function signParts(
  manifest: Manifest,
  hashes: Uint8Array,
  cuts: readonly PieceIndex[] = [1],
): HashPart[] {
  const list = new HashList(fakeSha256)
  const count = hashes.length / hashBytes
  for (const end of [...cuts.filter((cut) => cut < count), count]) {
    const own = new Uint8Array(hashes.subarray(list.count * hashBytes, end * hashBytes))
    const part = { first: list.count, before: list.digest, hashes: own }
    if (own.length > 0) list.add(signedBy(manifest, part))
  }
  return [...list.parts]
}

/** The parts of a true list of so many pieces, as they are cut when all is hashed at once. */
export const listOf = (manifest: Manifest, count: number, cuts?: readonly PieceIndex[]): HashPart[] =>
  signParts(manifest, hashesOf(0, count), cuts)

/** The same, as a bitfield says it. */
export function listedOf(manifest: Manifest, count: number, cuts?: readonly PieceIndex[]): Listed {
  const list = new HashList(fakeSha256)
  for (const part of listOf(manifest, count, cuts)) list.add(part)
  return { count, digest: list.digest }
}

/** With the key of the share, whatever the part says. */
export const signedBy = (manifest: Manifest, part: Omit<HashPart, 'signature'>): HashPart => ({
  ...part,
  signature: fakeSign(keyOf(manifest), signedBytes(manifest.share, part)),
})

/** Nothing known of the hash list. */
export const unlisted: Listed = { count: 0, digest: new Uint8Array(hashBytes) }

/** The bytes with one bit of that byte turned: other bytes, whatever it was. */
export const flipped = (bytes: Bytes, byte: number): Bytes => bytes.with(byte, (bytes[byte] ?? 0) ^ 1)
