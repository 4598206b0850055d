import type { ShareCrypto } from '../crypto/crypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import type { Clock } from '../shared/clock.ts'
import { limits } from '../shared/limits.ts'
import type { PieceStore } from '../store/pieceStore.ts'
import type { ShareIndex, ShareRecord } from '../store/shareIndex.ts'
import { countOf, signedBytes, HashList, type HashPart } from '../swarm/hashList.ts'
import type { SwarmInput } from '../swarm/io.ts'
import { geometryOf, manifestOf, pieceCountOf, type Manifest } from '../swarm/manifest.ts'
import { askedPatiently } from './askedPatiently.ts'
import type { EarlierShare } from './engine.ts'
import type { IndexKeeper } from './indexKeeper.ts'
import type { ListSigner } from './listSigner.ts'

export interface EarlierSharesOptions {
  readonly tab: string
  readonly index: ShareIndex
  readonly store: PieceStore
  readonly crypto: ShareCrypto
  readonly signer: Pick<ListSigner, 'goesOn'>
  readonly keeper: Pick<IndexKeeper, 'restored'>
  readonly handle: (input: SwarmInput) => void
  readonly clock: Clock
  readonly bugFound: (error: unknown) => void
}

/**
 * Takes up what an earlier page of this tab has left. What lies in a browser's storage anybody with the device can change: a record is looked
 * at like something from a peer, its list verified, its pieces hashed again.
 */
export async function restoreShares(options: EarlierSharesOptions): Promise<readonly EarlierShare[]> {
  const { tab, index } = options
  const records = (await index.ofTab(tab)).toSorted((a, b) => a.updatedMs - b.updatedMs)
  const restored: EarlierShare[] = []
  for (let at = 0; at < records.length; at += limits.sharesRestoredAtOnce) {
    const some = records.slice(at, at + limits.sharesRestoredAtOnce)
    const found = await Promise.all(some.map((record) => lookUp(record, options)))
    for (const one of found) if (one !== null) restored.push(takeUp(one, options))
  }
  return restored
}

interface Found {
  readonly record: ShareRecord
  readonly manifest: Manifest
  readonly parts: readonly HashPart[]
  readonly isOrigin: boolean
  readonly kept: Kept
}

/** Null where there is nothing to go on with. One that the browser does not let us have, or that we make a mistake with, keeps none of the others back. */
async function lookUp(record: ShareRecord, options: EarlierSharesOptions): Promise<Found | null> {
  const { tab, index, crypto, signer, bugFound } = options
  const { share, wish, key } = record
  try {
    const manifest = manifestOf(share, record.manifest, sha256AtOnce)
    if (!manifest) {
      await index.remove(tab, share)
      return null
    }
    const parts = await verified(manifest, await index.parts(tab, share), crypto)
    const isOrigin = key !== null && (await signer.goesOn(share, key))
    const kept = wish === 'offer' ? await copyOf(manifest, parts, options) : await keptOf(manifest, options)
    return { record, manifest, parts, isOrigin, kept }
  } catch (error) {
    bugFound(error)
    return null
  }
}

function takeUp(
  { record, manifest, parts, isOrigin, kept: { marks, fits } }: Found,
  { keeper, handle }: EarlierSharesOptions,
): EarlierShare {
  const { share, wish, completed, source, key } = record
  const claimed = [...marks.keys()].filter((piece) => marks[piece] === 1)
  keeper.restored({ ...record, key: isOrigin ? key : null }, parts.length)
  handle({ type: 'shareRestored', manifest, isOrigin, parts, claimed, wish, fits, completed })
  return { share, wish, completed, source, isCopied: wish === 'offer' && fits }
}

/** As many parts, from the first on, as go on from each other and are signed by the share's key. */
async function verified(
  manifest: Manifest,
  parts: readonly HashPart[],
  crypto: ShareCrypto,
): Promise<readonly HashPart[]> {
  const list = new HashList(sha256AtOnce)
  const key: Bytes = bytesFromBase64Url(manifest.key) ?? new Uint8Array()
  for (const part of parts) {
    const isNext = list.compare(part) === 'next'
    if (!isNext || !(await crypto.verify(key, part.signature, signedBytes(manifest.share, part)))) break
    list.add(part)
  }
  return list.parts
}

interface Kept {
  /** One byte a piece: 1 for those on disk. What cannot be read at all is as good as none. */
  readonly marks: Uint8Array
  /** Whether the rest has room. */
  readonly fits: boolean
}

type Storage = Pick<EarlierSharesOptions, 'store' | 'clock'>

async function keptOf(manifest: Manifest, storage: Storage): Promise<Kept> {
  const marks = await marksOf(manifest, storage)
  if (marks.length > 0 && marks.every((mark) => mark === 1)) return { marks, fits: true }
  const { ok: fits } = await storage.store.create(manifest.share, geometryOf(manifest))
  return { marks, fits }
}

/** Files of this device that were copied, if all of them were: else they have to be handed over again anyway. */
async function copyOf(manifest: Manifest, parts: readonly HashPart[], storage: Storage): Promise<Kept> {
  const marks = await marksOf(manifest, storage)
  const count = pieceCountOf(manifest)
  const isListed = parts.reduce((sum, part) => sum + countOf(part), 0) === count
  if (isListed && marks.length === count && marks.every((mark) => mark === 1)) return { marks, fits: true }
  if (marks.includes(1)) await storage.store.remove(manifest.share)
  return { marks: new Uint8Array(), fits: false }
}

async function marksOf(manifest: Manifest, { store, clock }: Storage): Promise<Uint8Array> {
  const restored = await askedPatiently(clock, () => store.restore(manifest.share, geometryOf(manifest)))
  return restored.ok ? restored.value : new Uint8Array()
}
