import { expect, it } from 'vitest'
import { newIdentity } from '../crypto/identity.ts'
import { nobleCrypto } from '../crypto/nobleCrypto.ts'
import { base64UrlFromBytes, bytesFromBase64Url } from '../shared/bytes.ts'
import type { DeviceId } from '../shared/ids.ts'
import { certified, type Manifest, type ManifestFields } from '../swarm/manifest.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { ShareOrigins } from './shareOrigins.ts'
import type { OriginView } from './view.ts'

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

const nobody: ReadonlyMap<DeviceId, string> = new Map()

interface Around {
  readonly self?: DeviceId
  readonly here?: ReadonlyMap<DeviceId, string>
  readonly remembered?: string
}

/** What is found out of a share. */
function originOf(manifest: Manifest, { self = mallory.device, here = nobody, remembered }: Around = {}) {
  return new Promise<OriginView | null>((resolve, reject) => {
    const origins = new ShareOrigins({
      crypto,
      self,
      rememberedName: () => remembered ?? null,
      changed: () => resolve(origins.viewOf(manifest.share, here)),
      bugFound: reject,
    })
    origins.appeared(manifest)
    expect(origins.viewOf(manifest.share, here)).toBeNull()
  })
}

it('a share is of the device that signed its key, by the name that is known of it', async () => {
  const hers = await shareOf()
  expect(await originOf(hers)).toEqual({ kind: 'stranger' })
  expect(await originOf(hers, { here: new Map([[amber.device, 'Amber']]) })).toEqual({
    kind: 'known',
    name: 'Amber',
    isHere: true,
  })
  expect(await originOf(hers, { remembered: 'Amber' })).toEqual({
    kind: 'known',
    name: 'Amber',
    isHere: false,
  })
  expect(await originOf(hers, { self: amber.device })).toEqual({ kind: 'you' })
})

it('nobody claims a share of another, or has another’s name on its own', async () => {
  const { by, bySignature } = await shareOf()
  expect(await originOf(await shareOf({ by: mallory.device }))).toEqual({ kind: 'unsigned' })
  // The vouching of one share under another's key.
  const stolen = certified({ ...newManifest(2), by, bySignature }, fakeSha256)
  expect(await originOf(stolen)).toEqual({ kind: 'unsigned' })
})

it('of a share that is gone nothing is kept', async () => {
  const manifest = await shareOf()
  let told = 0
  const origins = new ShareOrigins({
    crypto,
    self: mallory.device,
    rememberedName: () => null,
    changed: () => told++,
    bugFound: () => told++,
  })
  origins.appeared(manifest)
  origins.gone(manifest.share)
  await originOf(manifest)
  expect(told).toBe(0)
  expect(origins.viewOf(manifest.share, nobody)).toBeNull()
})
