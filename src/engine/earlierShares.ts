import type { ShareCrypto } from '../crypto/crypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import type { Clock } from '../shared/clock.ts'
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
  const records = await index.ofTab(tab)
  const restored: EarlierShare[] = []
  for (const record of records.toSorted((a, b) => a.updatedMs - b.updatedMs)) {
    try {
      const manifest = manifestOf(record.share, record.manifest, sha256AtOnce)
      if (manifest) restored.push(await restore(manifest, record, options))
      else await index.remove(tab, record.share)
    } catch (error) {
      // One that the browser does not let us have, or that we make a mistake with, keeps none of the others back.
      options.bugFound(error)
    }
  }
  return restored
}

async function restore(
  manifest: Manifest,
  record: ShareRecord,
  { tab, index, store, crypto, signer, keeper, handle, clock }: EarlierSharesOptions,
): Promise<EarlierShare> {
  const { share, wish, completed, source, key } = record
  const parts = await verified(manifest, await index.parts(tab, share), crypto)
  const isOrigin = key !== null && (await signer.goesOn(share, key))
  const kept = { manifest, store, clock }
  const listedCount = parts.reduce((sum, part) => sum + countOf(part), 0)
  const { marks, fits } =
    wish === 'offer' ? await copyOf(kept, listedCount === pieceCountOf(manifest)) : await keptOf(kept)
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

type KeptOf = Pick<EarlierSharesOptions, 'store' | 'clock'> & { readonly manifest: Manifest }

async function keptOf(of: KeptOf): Promise<Kept> {
  const { manifest, store } = of
  const marks = await marksOf(of)
  if (marks.length > 0 && marks.every((mark) => mark === 1)) return { marks, fits: true }
  const { ok: fits } = await store.create(manifest.share, geometryOf(manifest))
  return { marks, fits }
}

/** Files of this device that were copied, if all of them were: else they have to be handed over again anyway. */
async function copyOf(of: KeptOf, isListed: boolean): Promise<Kept> {
  const marks = await marksOf(of)
  const isWhole = isListed && marks.length === pieceCountOf(of.manifest) && marks.every((mark) => mark === 1)
  if (isWhole) return { marks, fits: true }
  if (marks.includes(1)) await of.store.remove(of.manifest.share)
  return { marks: new Uint8Array(), fits: false }
}

async function marksOf({ manifest, store, clock }: KeptOf): Promise<Uint8Array> {
  const restored = await askedPatiently(clock, () => store.restore(manifest.share, geometryOf(manifest)))
  return restored.ok ? restored.value : new Uint8Array()
}
