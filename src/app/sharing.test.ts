import { describe, expect, it } from 'vitest'
import { isShareOfDevice, newIdentity } from '../crypto/identity.ts'
import { nobleCrypto } from '../crypto/nobleCrypto.ts'
import type { Attached, EngineShare } from '../engine/engine.ts'
import { base64UrlFromBytes, bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { seededRandom } from '../shared/random.ts'
import { fileManifest } from '../swarm/testing/swarmWorld.ts'
import { certified, type Manifest, type ManifestFields } from '../swarm/manifest.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import { KnownShares } from './knownShares.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { Sharing } from './sharing.ts'
import type { NoticeMessage } from './view.ts'

const crypto = nobleCrypto()
const identity = await newIdentity(crypto, await crypto.newSigningKey())
const bytes = Uint8Array.of(1, 2, 3)
const file = new File([bytes], 'a.bin', { lastModified: 5 })

/** Bob's share of the same name and size. */
const twin: Manifest = certified({ ...fileManifest(bytes.length), name: 'a.bin', modifiedMs: 5 }, fakeSha256)

/** Someone who drops the file where bob's share is known. Attaching it comes to `attached`. */
async function dropped(of: Partial<EngineShare>, attached: Attached = 'ended') {
  const known = new KnownShares()
  const changed: EngineShare = {
    share: twin.share,
    manifest: twin,
    state: 'offered',
    source: 'none',
    fault: null,
    contradicted: false,
    pieceCount: 1,
    heldCount: 0,
    claimedCount: 0,
    heldPayloadBytes: 0,
    otherCopies: 1,
    othersCount: 1,
    reachableCount: 1,
    holders: [],
    wastedBytes: 0,
    firstHash: null,
    strip: [],
    ...of,
  }
  known.take({ type: 'sharesChanged', changed: [changed], gone: [] })
  const offers: { fields: ManifestFields; publicKey: Bytes }[] = []
  const tried: ShareId[] = []
  const hidden: ShareId[] = []
  const said: NoticeMessage['code'][] = []
  const sharing = new Sharing({
    random: seededRandom(1),
    crypto,
    identity,
    known,
    notices: new NoticeBoard((notices) => void said.push(...notices.map(({ message }) => message.code))),
    show: () => undefined,
    hide: (share) => void hidden.push(share),
    remove: () => undefined,
    engine: {
      async offer(fields, _, { publicKey }) {
        offers.push({ fields, publicKey })
      },
      async attach({ share }) {
        tried.push(share)
        return attached
      },
    },
  })
  sharing.appeared(twin)
  await sharing.share({ kind: 'file', file, source: Promise.resolve(null) })
  return { offers, tried, hidden, said }
}

describe('a dropped file', () => {
  it('that nobody has is offered with a key and a salt of its own', async () => {
    const [one, other] = [await dropped({ contradicted: true }), await dropped({ contradicted: true })]
    const [first, second] = [one.offers[0], other.offers[0]]
    expect(first?.fields).toMatchObject({ version: 2, kind: 'file', name: 'a.bin', sizeBytes: 3 })
    expect(first?.fields.key).toBe(base64UrlFromBytes(first?.publicKey ?? new Uint8Array(0)))
    expect(bytesFromBase64Url(first?.fields.salt ?? '')).toHaveLength(16)
    expect(second?.fields.key).not.toBe(first?.fields.key)
    const salt = bytesFromBase64Url(first?.fields.salt ?? '') ?? new Uint8Array(0)
    const signature = bytesFromBase64Url(first?.fields.bySignature ?? '') ?? new Uint8Array(0)
    const publicKey = first?.publicKey ?? new Uint8Array(0)
    expect(await isShareOfDevice(crypto, identity.device, publicKey, salt, signature)).toBe(true)
    expect(first?.fields.by).toBe(identity.device)
    expect(one.tried).toEqual([])
  })

  it.each([
    ['that somebody offers', crypto.sha256(bytes)],
    ['that somebody may offer, whose first hash is on its way,', Promise.resolve(null)],
  ])('%s joins that share', async (_, firstHash) => {
    const { offers, tried } = await dropped({ firstHash: await firstHash })
    expect(tried).toEqual([twin.share])
    expect(offers).toEqual([])
  })

  it('that begins otherwise is a share of its own', async () => {
    const { offers, tried } = await dropped({ firstHash: new Uint8Array(32) })
    expect([tried.length, offers.length]).toEqual([0, 1])
  })

  it('that turns out to be another is a share of its own', async () => {
    const { offers, tried, hidden } = await dropped({}, 'differs')
    expect([tried.length, offers.length, hidden.length]).toEqual([1, 1, 0])
  })

  it('of which nobody can vouch for the rest is a share of its own, seen in place of the other', async () => {
    const { offers, tried, hidden } = await dropped({}, 'unlisted')
    expect([tried.length, offers.length]).toEqual([1, 1])
    expect(hidden).toEqual([twin.share])
  })

  it('that is here already is said to be', async () => {
    const { offers, tried, said } = await dropped({ source: 'whole', firstHash: await crypto.sha256(bytes) })
    expect([tried.length, offers.length]).toEqual([0, 0])
    expect(said).toEqual(['alreadyShared'])
  })
})
