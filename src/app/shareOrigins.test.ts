import { expect, it } from 'vitest'
import { newIdentity } from '../crypto/identity.ts'
import { nobleCrypto } from '../crypto/nobleCrypto.ts'
import { base64UrlFromBytes, bytesFromBase64Url } from '../shared/bytes.ts'
import { certified, type Manifest, type ManifestFields } from '../swarm/manifest.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { ShareOrigins } from './shareOrigins.ts'

const crypto = nobleCrypto()
const amber = await newIdentity(crypto, await crypto.newSigningKey())
const mallory = await newIdentity(crypto, await crypto.newSigningKey())

async function shareOf(changes: Partial<ManifestFields> = {}): Promise<Manifest> {
  const made = newManifest(2)
  const signature = await amber.vouchForShare(
    bytesFromBase64Url(made.key) ?? new Uint8Array(),
    bytesFromBase64Url(made.salt) ?? new Uint8Array(),
  )
  const vouched = { by: amber.device, bySignature: base64UrlFromBytes(signature) }
  return certified({ ...made, ...vouched, ...changes }, fakeSha256)
}

/** What is found out of a share. */
function originOf(manifest: Manifest): Promise<ReturnType<ShareOrigins['deviceOf']>> {
  return new Promise((resolve, reject) => {
    const origins = new ShareOrigins({
      crypto,
      changed: () => resolve(origins.deviceOf(manifest.share)),
      bugFound: reject,
    })
    origins.appeared(manifest)
    expect(origins.deviceOf(manifest.share)).toBeUndefined()
  })
}

it('a share is of the device that signed its key', async () => {
  expect(await originOf(await shareOf())).toBe(amber.device)
})

it('nobody claims a share of another, or has another’s name on its own', async () => {
  const hers = await shareOf()
  expect(await originOf(await shareOf({ by: mallory.device }))).toBeNull()
  // The vouching of one share under another's key.
  const { by, bySignature } = hers
  expect(await originOf(certified({ ...newManifest(2), by, bySignature }, fakeSha256))).toBeNull()
})

it('of a share that is gone nothing is kept', async () => {
  const manifest = await shareOf()
  let told = 0
  const origins = new ShareOrigins({ crypto, changed: () => told++, bugFound: () => told++ })
  origins.appeared(manifest)
  origins.gone(manifest.share)
  await originOf(manifest)
  expect(told).toBe(0)
  expect(origins.deviceOf(manifest.share)).toBeUndefined()
})
