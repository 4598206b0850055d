import type { ShareCrypto } from '../crypto/crypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import type { Clock } from '../shared/clock.ts'
import type { PieceStore, Restored } from '../store/pieceStore.ts'
import type { ShareIndex, ShareRecord } from '../store/shareIndex.ts'
import { signedBytes, HashList, type HashPart } from '../swarm/hashList.ts'
import type { SwarmInput } from '../swarm/io.ts'
import { geometryOf, manifestOf, type Manifest } from '../swarm/manifest.ts'
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
  const { marks, fits } = wish === 'offer' ? nothingKept : await keptOf(manifest, store, clock)
  const claimed = [...marks.keys()].filter((piece) => marks[piece] === 1)
  keeper.restored({ ...record, key: isOrigin ? key : null }, parts.length)
  handle({ type: 'shareRestored', manifest, isOrigin, parts, claimed, wish, fits, completed })
  return { share, wish, completed, source }
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

const nothingKept: Restored = { marks: new Uint8Array(), fits: true }

/** What cannot be read at all is as good as none. */
async function keptOf(manifest: Manifest, store: PieceStore, clock: Clock): Promise<Restored> {
  const kept = await askedPatiently(clock, () => store.restore(manifest.share, geometryOf(manifest)))
  return kept.ok ? kept.value : { ...nothingKept, fits: false }
}
