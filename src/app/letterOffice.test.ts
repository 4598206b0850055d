import { describe, expect, it } from 'vitest'
import { newIdentity, type Identity } from '../crypto/identity.ts'
import { nobleCrypto } from '../crypto/nobleCrypto.ts'
import { openCrypto } from '../crypto/openCrypto.ts'
import { readEnvelope, writeEnvelope } from '../room/envelopes.ts'
import type { Signal } from '../room/io.ts'
import { base64UrlFromBytes, concatBytes, type Bytes } from '../shared/bytes.ts'
import type { DeviceId, LinkSession, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomRoomSecret, seededRandom } from '../shared/random.ts'
import { assert } from '../shared/result.ts'
import { LetterOffice } from './letterOffice.ts'

const random = seededRandom(1)
const web = await openCrypto()
const secret = randomRoomSecret(random)
const keys = await web.roomKeys(secret)
const otherKeys = await web.roomKeys(randomRoomSecret(random))
const session = 'AQEBAQEBAQE' as LinkSession
const offer = { type: 'offer', session, data: '{"sdp":"secret"}', echo: 'echo' } as const
const mailboxes = [{ broker: 0, mailbox: 'here' }]
const content = (sequence: number) => ({
  profile: { name: 'Amber Heron', device: 'desktop' as const },
  mailboxes,
  doors: [{ broker: 0, door: 1, epoch: 20_000 }],
  shares: ['AAAAAAAAAAAAAAAAAAAAAA' as ShareId],
  sequence,
  lifeSeconds: 75,
})

interface Member {
  readonly identity: Identity
  readonly office: LetterOffice
}

async function member({ crypto = web, room = keys, device = null as Identity | null } = {}): Promise<Member> {
  const identity = device ?? (await newIdentity(crypto, await crypto.newSigningKey()))
  return { identity, office: new LetterOffice({ identity, keys: room, crypto }) }
}

async function written({ office }: Member, to: PeerId | null, signal: Signal): Promise<Bytes> {
  const bytes = await office.write({ stamp: 'stamp', to, mailboxes, signal })
  assert(bytes, 'the reader is known')
  return bytes
}

/** Each has read a hello of the other. */
async function acquainted(...members: readonly Member[]): Promise<void> {
  for (const one of members) {
    const hello = await written(one, null, { type: 'hello', nonce: 'nonce' })
    for (const other of members) if (other !== one) expect(await other.office.read(hello)).not.toBeNull()
  }
}

describe('letters', () => {
  it('[R23] a hello left at doors is read by every member, and says who wrote it', async () => {
    const [alice, bob] = [await member(), await member({ crypto: nobleCrypto() })]
    const hello = await written(alice, null, { type: 'hello', nonce: 'nonce' })
    expect(await bob.office.read(hello)).toMatchObject({
      from: alice.identity.peer,
      to: null,
      mailboxes,
      signal: { type: 'hello', nonce: 'nonce' },
    })
  })

  it('[R23] what is for one is read by that one alone, and nobody on the way sees what it says', async () => {
    const [alice, bob, relay] = [await member(), await member({ crypto: nobleCrypto() }), await member()]
    await acquainted(alice, bob, relay)
    const letter = await written(alice, bob.identity.peer, offer)
    expect(await relay.office.read(letter)).toBeNull()
    expect(await relay.office.writer(letter)).toBe(alice.identity.peer)
    expect(String.fromCharCode(...letter)).not.toContain('secret')
    expect(await bob.office.read(letter)).toMatchObject({ from: alice.identity.peer, signal: offer })
  })

  it('[R23] a letter changed in any byte is none', async () => {
    const [alice, bob] = [await member(), await member()]
    await acquainted(alice, bob)
    const letter = await written(alice, bob.identity.peer, offer)
    for (let at = 0; at < letter.length; at += at < 200 || at > letter.length - 80 ? 1 : 37) {
      const forged = letter.slice()
      forged[at] = (forged[at] ?? 0) ^ 1
      expect(await bob.office.read(forged)).toBeNull()
    }
    expect(await bob.office.read(letter.slice(0, -1))).toBeNull()
    expect(await bob.office.read(new Uint8Array())).toBeNull()
  })

  it('[R23] nobody writes in the name of another', async () => {
    const [alice, bob, mallory] = [await member(), await member(), await member()]
    await acquainted(alice, bob, mallory)
    const envelope = readEnvelope(await written(mallory, bob.identity.peer, offer))
    assert(envelope, 'an envelope')
    // Her own words under the keys of alice, signed by herself.
    const signed = writeEnvelope(bob.identity.peer, alice.identity.keys, envelope.content)
    const forged = concatBytes([signed, await mallory.identity.sign(signed)])
    expect(await bob.office.read(forged)).toBeNull()
    // Alice's words, which she cannot read, under her own keys: what is sealed says between whom.
    const hers = readEnvelope(await written(alice, bob.identity.peer, offer))
    assert(hers, 'an envelope')
    const stolen = writeEnvelope(bob.identity.peer, mallory.identity.keys, hers.content)
    const signature = await mallory.identity.sign(
      concatBytes([new TextEncoder().encode(`swarmdrop letter 2\n${keys.tag}\n`), stolen]),
    )
    expect(await bob.office.writer(concatBytes([stolen, signature]))).toBe(mallory.identity.peer)
    expect(await bob.office.read(concatBytes([stolen, signature]))).toBeNull()
  })

  it('[R23] a letter means nothing in another room', async () => {
    const [alice, bob] = [await member(), await member({ room: otherKeys })]
    const elsewhere = await member({ room: otherKeys, device: alice.identity })
    await acquainted(elsewhere, bob)
    const here = new LetterOffice({ identity: bob.identity, keys, crypto: web })
    await here.read(await written(alice, null, { type: 'hello', nonce: 'nonce' }))
    const letter = await written(elsewhere, bob.identity.peer, offer)
    expect(await bob.office.read(letter)).not.toBeNull()
    expect(await here.read(letter)).toBeNull()
  })

  it('[R23] to one who has neither written nor shown a card nothing is written', async () => {
    const [alice, bob] = [await member(), await member()]
    const draft = { stamp: 'stamp', to: bob.identity.peer, mailboxes, signal: offer }
    expect(await alice.office.write(draft)).toBeNull()
    const letter = await alice.office.write(draft, await bob.office.signCard(content(1)))
    assert(letter, 'a card has the keys')
    expect(await bob.office.read(letter)).toMatchObject({ from: alice.identity.peer })
  })

  it('[R23] thousands of made-up writers cut nobody off: members are written to by their cards, and links stay theirs', async () => {
    const [alice, bob] = [await member(), await member()]
    await acquainted(alice, bob)
    const card = await bob.office.signCard(content(1))
    const ofAlice = alice.office.proofOf(bob.identity.peer, session, true)
    const ofBob = bob.office.proofOf(alice.identity.peer, session, false)
    for (let at = 0; at <= limits.signalsSeenMax; at++) {
      const hello = await written(await member(), null, { type: 'hello', nonce: 'nonce' })
      expect(await alice.office.read(hello)).not.toBeNull()
    }
    const draft = { stamp: 'stamp', to: bob.identity.peer, mailboxes, signal: offer }
    expect(await alice.office.write(draft)).toBeNull()
    expect(await alice.office.write(draft, card)).not.toBeNull()
    const view = { lane: 1, offered: 'SHA-256 AA', answered: 'SHA-256 BB' }
    expect(await ofAlice.check(view, await ofBob.sign(view))).toBe(true)
    expect(await ofAlice.check({ ...view, lane: 2 }, await ofBob.sign(view))).toBe(false)
    expect(await ofAlice.check(view, await ofAlice.sign(view))).toBe(false)
  })

  it('[R23] lengths tell little: a hello, a welcome and a candidate look alike', async () => {
    const [alice, bob] = [await member(), await member()]
    await acquainted(alice, bob)
    const to = bob.identity.peer
    const lengths = await Promise.all(
      [
        { type: 'welcome', nonce: 'n', echo: 'e' } as const,
        { type: 'candidate', session, data: 'x'.repeat(300) } as const,
        { type: 'candidate', session, data: 'x' } as const,
      ].map(async (signal) => (await written(alice, to, signal)).length),
    )
    expect(new Set(lengths).size).toBe(1)
  })
})

describe('cards', () => {
  it('[R24] a card is its peer’s own, and of the device it names', async () => {
    const [alice, bob] = [await member(), await member({ crypto: nobleCrypto() })]
    const card = await alice.office.signCard(content(3))
    expect(card).toMatchObject({ peer: alice.identity.peer, device: alice.identity.device, sequence: 3 })
    expect(await bob.office.isOwn(card)).toBe(true)
  })

  it('[R24] one that says anything else is nobody’s', async () => {
    const [alice, bob, mallory] = [await member(), await member(), await member()]
    const card = await alice.office.signCard(content(3))
    const hers = await mallory.office.signCard(content(3))
    const forgeries = [
      { ...card, peer: mallory.identity.peer },
      { ...card, device: mallory.identity.device },
      { ...card, sequence: 4 },
      { ...card, lifeSeconds: 76 },
      { ...card, doors: [] },
      { ...card, shares: [] },
      { ...card, profile: { ...card.profile, name: 'Mallory' } },
      { ...card, profile: { ...card.profile, device: 'phone' as const } },
      { ...card, mailboxes: [{ broker: 0, mailbox: 'elsewhere' }] },
      { ...card, mailboxes: [] },
      { ...card, proof: hers.proof },
      { ...hers, device: card.device },
      { ...card, proof: '' },
      { ...card, proof: card.proof.slice(4) },
      { ...card, device: '' as DeviceId },
    ]
    for (const forged of forgeries) expect(await bob.office.isOwn(forged)).toBe(false)
    const elsewhere = new LetterOffice({ identity: bob.identity, keys: otherKeys, crypto: web })
    expect(await elsewhere.isOwn(card)).toBe(false)
  })

  it('[R24] a device cannot be claimed without its key', async () => {
    const [alice, bob, mallory] = [await member(), await member(), await member()]
    const claimed = {
      ...mallory.identity,
      device: alice.identity.device,
      certificate: alice.identity.certificate,
    }
    const liar = await member({ device: claimed })
    expect(await bob.office.isOwn(await liar.office.signCard(content(1)))).toBe(false)
  })
})

describe('identities', () => {
  it('[R24] two tabs of one browser are two peers of one device', async () => {
    const device = await web.newSigningKey()
    const [one, two] = [await newIdentity(web, device), await newIdentity(web, device)]
    expect(one.peer).not.toBe(two.peer)
    expect(one.device).toBe(two.device)
    expect(one.device).toBe(base64UrlFromBytes(device.publicKey))
    expect(one.certificate).not.toEqual(two.certificate)
  })
})
