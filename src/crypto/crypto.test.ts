import { describe, expect, test } from 'vitest'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import * as nobleHpke from '@panva/hpke-noble'
import * as hpke from 'hpke'
import { assert } from '../shared/result.ts'
import { cryptoContract, curvesContract, hex, knownSecret, utf8 } from './cryptoContract.ts'
import { nobleCrypto, nobleSealing } from './nobleCrypto.ts'
import { nobleShareCrypto } from './nobleShareCrypto.ts'
import { openCrypto } from './openCrypto.ts'
import { isAcceptableKey } from './signatures.ts'
import { webCrypto } from './webCrypto.ts'

const { subtle } = globalThis.crypto
const web = await openCrypto(subtle)
const noble = nobleCrypto()

const implementations = {
  'the browser’s crypto': web,
  'the library’s crypto': noble,
  'the browser’s crypto with the library’s curves': webCrypto(subtle, nobleShareCrypto(), nobleSealing),
}

for (const [name, crypto] of Object.entries(implementations)) {
  describe(name, () => {
    cryptoContract(crypto)
    curvesContract(crypto)
  })
}

describe('openCrypto', () => {
  test('takes the browser’s where there is one and the library’s elsewhere; each opens what the other sealed', async () => {
    const secure = await openCrypto()
    const insecure = await openCrypto(null)
    const rooms = await Promise.all([secure.roomKeys(knownSecret), insecure.roomKeys(knownSecret)])
    for (const sealer of rooms) {
      for (const opener of rooms) {
        expect(await opener.open(await sealer.seal(utf8('hello')))).toEqual(utf8('hello'))
      }
    }
  })
})

describe('signing and sealing', () => {
  test('what one implementation signs or seals, each other takes', async () => {
    for (const one of Object.values(implementations)) {
      const [signing, sealing] = [await one.newSigningKey(), await one.newSealingKey()]
      const signature = await signing.sign(utf8('hello'))
      for (const other of Object.values(implementations)) {
        expect(await other.verify(signing.publicKey, signature, utf8('hello'))).toBe(true)
        const sealed = await other.sealFor(sealing.publicKey, utf8('info'), utf8('hello'))
        assert(sealed, 'a good key')
        expect(await sealing.open(sealed, utf8('info'))).toEqual(utf8('hello'))
      }
    }
  })

  test('a key kept by one is of no use to the other', async () => {
    expect(await web.keptSigningKey((await noble.newSigningKey()).kept)).toBeNull()
    expect(await noble.keptSigningKey((await web.newSigningKey()).kept)).toBeNull()
  })

  test('WebCrypto hands out no secret key', async () => {
    const { kept } = await web.newSigningKey()
    assert(!(kept.secret instanceof Uint8Array), 'WebCrypto keeps a key')
    expect(kept.secret.extractable).toBe(false)
  })

  test('a key of small order signs anything, and is refused', async () => {
    for (const point of ED25519_TORSION_SUBGROUP) {
      const key = hex(point)
      expect(isAcceptableKey(key)).toBe(false)
      const opposite = key.slice()
      opposite[31] = (opposite[31] ?? 0) ^ 0x80
      expect(isAcceptableKey(opposite)).toBe(false)
    }
    expect(isAcceptableKey(ed25519.Point.BASE.toBytes())).toBe(true)
    // What such a key is good for: RFC 8032 alone takes R = identity, S = 0 for any text.
    const identity = ed25519.Point.ZERO.toBytes()
    const anyText = Uint8Array.of(...identity, ...new Uint8Array(32))
    for (const crypto of Object.values(implementations)) {
      expect(await crypto.verify(Uint8Array.from(identity), anyText, utf8('what nobody signed'))).toBe(false)
    }
  })

  test('no coordinate is written in two ways', () => {
    const prime = hex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')
    expect(isAcceptableKey(prime)).toBe(false)
    expect(isAcceptableKey(Uint8Array.of((prime[0] ?? 0) + 3, ...prime.subarray(1)))).toBe(false)
  })

  test.each([
    [
      'WebCrypto',
      new hpke.CipherSuite(hpke.KEM_DHKEM_X25519_HKDF_SHA256, hpke.KDF_HKDF_SHA256, hpke.AEAD_AES_128_GCM),
    ],
    [
      'the library',
      new hpke.CipherSuite(
        nobleHpke.KEM_DHKEM_X25519_HKDF_SHA256,
        nobleHpke.KDF_HKDF_SHA256,
        nobleHpke.AEAD_AES_128_GCM,
      ),
    ],
  ])('%s opens the message of RFC 9180, A.1.1.1', async (_, suite) => {
    const secret = await suite.DeserializePrivateKey(
      hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
      true,
    )
    const plain = await suite.Open(
      secret,
      hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
      hex('f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'),
      { info: hex('4f6465206f6e2061204772656369616e2055726e'), aad: utf8('Count-0') },
    )
    expect(plain).toEqual(utf8('Beauty is truth, truth beauty'))
  })
})
