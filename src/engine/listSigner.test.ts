import { describe, expect, it } from 'vitest'
import type { KeptKey, ShareCrypto } from '../crypto/crypto.ts'
import { nobleShareCrypto } from '../crypto/nobleShareCrypto.ts'
import { openShareCrypto } from '../crypto/openShareCrypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { base64UrlFromBytes, bytesFromBase64Url } from '../shared/bytes.ts'
import { memoryIndex, type ShareRecord } from '../store/shareIndex.ts'
import { HashList, signedBytes, type HashPart, type UnsignedPart } from '../swarm/hashList.ts'
import type { SwarmInput } from '../swarm/io.ts'
import { certified, encodeManifest, parseManifest, type Manifest } from '../swarm/manifest.ts'
import { flipped, hashesOf } from '../swarm/testing/lists.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { ListSigner } from './listSigner.ts'

/** A signer, and what it did, in order. */
function signing(crypto: ShareCrypto) {
  const done: (SwarmInput | { type: 'kept'; part: HashPart })[] = []
  const signer = new ListSigner({
    crypto,
    handle: (input) => void done.push(input),
    keep: async (_, part) => void done.push({ type: 'kept', part }),
  })
  return { signer, done }
}

async function shareWith(crypto: ShareCrypto): Promise<{ manifest: Manifest; kept: KeptKey }> {
  const { publicKey, kept } = await crypto.newSigningKey()
  const fields = { ...newManifest(9), key: base64UrlFromBytes(publicKey) }
  return { manifest: certified(fields, sha256AtOnce), kept }
}

async function signed(
  crypto: ShareCrypto,
  manifest: Manifest,
  kept: KeptKey,
  part: UnsignedPart,
): Promise<HashPart> {
  const { signer, done } = signing(crypto)
  const { share } = manifest
  await signer.offered(share, kept)
  await signer.sign({ type: 'signPart', share, part, bytes: signedBytes(share, part) })
  expect(done.map(({ type }) => type)).toEqual(['kept', 'partSigned'])
  const [first] = done
  if (first?.type !== 'kept') throw new Error('the part is kept')
  return first.part
}

async function isRight(crypto: ShareCrypto, manifest: Manifest, part: HashPart): Promise<boolean> {
  const { signer, done } = signing(crypto)
  const { share } = manifest
  const key = bytesFromBase64Url(manifest.key) ?? new Uint8Array(0)
  await signer.verify({ type: 'verifyPart', share, part, key, bytes: signedBytes(share, part) })
  const [answer] = done
  return answer?.type === 'partVerified' && answer.part === part && answer.right
}

const opening = { first: 0, before: new Uint8Array(32), hashes: hashesOf(0, 1) }

describe.each<[string, () => Promise<ShareCrypto>]>([
  ['the browser', () => openShareCrypto()],
  ['the library', async () => nobleShareCrypto()],
])('signing by %s', (_, open) => {
  it('S4 keeps a part before the room is told of it, and others find it right', async () => {
    const crypto = await open()
    const { manifest, kept } = await shareWith(crypto)
    const part = await signed(crypto, manifest, kept, opening)
    expect(await isRight(crypto, manifest, part)).toBe(true)
    expect(await isRight(nobleShareCrypto(), manifest, part)).toBe(true)
  })

  it('S4 finds a part wrong of which anything was changed, or that is told of another share', async () => {
    const crypto = await open()
    const { manifest, kept } = await shareWith(crypto)
    const part = await signed(crypto, manifest, kept, opening)
    expect(await isRight(crypto, manifest, { ...part, hashes: flipped(part.hashes, 31) })).toBe(false)
    expect(await isRight(crypto, manifest, { ...part, before: flipped(part.before, 0) })).toBe(false)
    expect(await isRight(crypto, manifest, { ...part, first: 1 })).toBe(false)
    expect(await isRight(crypto, manifest, { ...part, signature: flipped(part.signature, 0) })).toBe(false)
    const renamed = certified({ ...manifest, name: 'else' }, sha256AtOnce)
    expect(await isRight(crypto, renamed, part)).toBe(false)
  })

  it('S4 goes on, from what the index keeps, with a list that an earlier page began', async () => {
    const crypto = await open()
    const { manifest, kept } = await shareWith(crypto)
    const { share } = manifest
    const index = memoryIndex()
    const record = {
      version: 3,
      tab: 'tab',
      share,
      wish: 'offer',
      completed: false,
      source: null,
      updatedMs: 0,
    }
    await index.put({ ...record, manifest: encodeManifest(manifest), key: kept } as ShareRecord)
    await index.putParts('tab', share, [await signed(crypto, manifest, kept, opening)])

    const [found] = await index.list()
    const known = new TextDecoder().decode(found?.manifest)
    expect(parseManifest(JSON.parse(known), sha256AtOnce)).toEqual(manifest)
    const list = new HashList(sha256AtOnce)
    for (const part of await index.parts('tab', share)) {
      expect(await isRight(crypto, manifest, part)).toBe(true)
      list.add(part)
    }
    const next = { first: list.count, before: list.digest, hashes: hashesOf(1, 9) }
    if (!found?.key) throw new Error('the key is kept')
    const part = await signed(crypto, manifest, found.key, next)
    expect(list.compare(part)).toBe('next')
    expect(await isRight(crypto, manifest, part)).toBe(true)
  })
})
