import { expect, test } from 'vitest'
import { base64UrlFromBytes, bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import { parseRoomSecret, type RoomSecret } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import type { Crypto } from './crypto.ts'

/** What every implementation of `Crypto` must do. The known answers were computed with Node's own crypto module. */
export function cryptoContract(crypto: Crypto): void {
  test('hashes a known text to its known SHA-256', async () => {
    const hash = await crypto.sha256(utf8('abc'))
    expect(base64UrlFromBytes(hash)).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
    expect(base64UrlFromBytes(await crypto.sha256(new Uint8Array()))).toBe(
      '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
    )
  })

  test('gives a known secret its known tag', async () => {
    expect((await crypto.roomKeys(knownSecret)).tag).toBe('ngi3hfjt45amgrth6hphvq2qpr')
  })

  test('gives a known secret its known doors, another each day', async () => {
    const room = await crypto.roomKeys(knownSecret)
    expect(new Set([room.tag, room.storage, room.door(20_000, 0)]).size).toBe(3)
    expect(room.storage).toMatch(/^[a-z0-9]{26}$/)
    expect(room.door(20_000, 0)).toBe('7ibhgtggszlhnrwjzn5ri5ncbk')
    const doors = [0, 1, 2].flatMap((epoch) => [0, 1, 7].map((door) => room.door(epoch, door)))
    expect(new Set(doors).size).toBe(9)
    for (const door of doors) expect(door).toMatch(/^[a-z0-9]{26}$/)
  })

  test('opens a known sealed signal', async () => {
    const room = await crypto.roomKeys(knownSecret)
    const plain = await room.open(bytes('AaChoqOkpaanqKmqqwxRZ6Ea_uSrDM7daK3UmhyLc9Hp7gWkq3Dgmg'))
    expect(plain && text(plain)).toBe('hello, room')
  })

  test('opens what it sealed, empty or long', async () => {
    const room = await crypto.roomKeys(knownSecret)
    for (const lengthBytes of [0, 1, 15, 16, 17, limits.signalSizeMaxBytes - 64]) {
      const plain = new Uint8Array(lengthBytes).fill(7)
      expect(await room.open(await room.seal(plain))).toEqual(plain)
    }
  })

  test('seals the same signal differently each time', async () => {
    const room = await crypto.roomKeys(knownSecret)
    expect(await room.seal(utf8('hi'))).not.toEqual(await room.seal(utf8('hi')))
  })

  test('opens nothing forged: any changed byte gives null', async () => {
    const room = await crypto.roomKeys(knownSecret)
    const sealed = await room.seal(utf8('hi'))
    for (let at = 0; at < sealed.length; at++) {
      const forged = sealed.slice()
      forged[at] = (forged[at] ?? 0) ^ 1
      expect(await room.open(forged)).toBeNull()
    }
  })

  test('opens nothing truncated, lengthened or above the size of a signal', async () => {
    const room = await crypto.roomKeys(knownSecret)
    const sealed = await room.seal(utf8('hi'))
    for (let length = 0; length < sealed.length; length++) {
      expect(await room.open(sealed.slice(0, length))).toBeNull()
    }
    expect(await room.open(Uint8Array.of(...sealed, 0))).toBeNull()
    const tooLong = await room.seal(new Uint8Array(limits.signalSizeMaxBytes))
    expect(await room.open(tooLong)).toBeNull()
  })

  test('opens nothing sealed in another room, and gives it another tag', async () => {
    const room = await crypto.roomKeys(knownSecret)
    const other = await crypto.roomKeys(roomSecret('AAECAwQFBgcICQoLDA0OEA'))
    expect(await room.open(await other.seal(utf8('hi')))).toBeNull()
    expect(other.tag).not.toBe(room.tag)
    expect(other.tag).toMatch(/^[a-z0-9]{26}$/)
  })
}

/** Keys, signatures and what is sealed for one reader. */
export function curvesContract(crypto: Crypto): void {
  test.each(rfc8032)('takes the signature of RFC 8032, section 7.1, test $name', async (vector) => {
    const [key, signature, message] = [hex(vector.key), hex(vector.signature), hex(vector.message)]
    expect(await crypto.verify(key, signature, message)).toBe(true)
    expect(await crypto.verify(key, signature, Uint8Array.of(...message, 0))).toBe(false)
  })

  test('takes what was signed, by this key, of these bytes, and nothing else', async () => {
    const [key, other] = [await crypto.newSigningKey(), await crypto.newSigningKey()]
    const signature = await key.sign(utf8('mine'))
    expect(await crypto.verify(key.publicKey, signature, utf8('mine'))).toBe(true)
    expect(await crypto.verify(key.publicKey, signature, utf8('Mine'))).toBe(false)
    expect(await crypto.verify(other.publicKey, signature, utf8('mine'))).toBe(false)
    for (let at = 0; at < signature.length; at++) {
      const forged = signature.slice()
      forged[at] = (forged[at] ?? 0) ^ 1
      expect(await crypto.verify(key.publicKey, forged, utf8('mine'))).toBe(false)
    }
  })

  test('takes no key or signature of a wrong length, and none that is no point', async () => {
    const key = await crypto.newSigningKey()
    const signature = await key.sign(utf8('mine'))
    expect(await crypto.verify(key.publicKey.slice(1), signature, utf8('mine'))).toBe(false)
    expect(await crypto.verify(key.publicKey, signature.slice(1), utf8('mine'))).toBe(false)
    expect(await crypto.verify(key.publicKey, new Uint8Array(), utf8('mine'))).toBe(false)
    const noPoint = new Uint8Array(32).fill(2)
    expect(await crypto.verify(noPoint, signature, utf8('mine'))).toBe(false)
  })

  test('a kept key signs on', async () => {
    const key = await crypto.newSigningKey()
    const again = await crypto.keptSigningKey(structuredClone(key.kept))
    assert(again, 'this browser kept it itself')
    expect(again.publicKey).toEqual(key.publicKey)
    expect(await crypto.verify(key.publicKey, await again.sign(utf8('later')), utf8('later'))).toBe(true)
  })

  test('what was sealed for one opens for that one alone, with the same info', async () => {
    const [reader, other] = [await crypto.newSealingKey(), await crypto.newSealingKey()]
    const sealed = await crypto.sealFor(reader.publicKey, utf8('info'), utf8('hello'))
    assert(sealed, 'a good key')
    expect(await reader.open(sealed, utf8('info'))).toEqual(utf8('hello'))
    expect(await reader.open(sealed, utf8('another'))).toBeNull()
    expect(await other.open(sealed, utf8('info'))).toBeNull()
    for (let at = 0; at < sealed.length; at++) {
      const forged = sealed.slice()
      forged[at] = (forged[at] ?? 0) ^ 1
      // The highest bit of the one-time key is not looked at (RFC 7748, section 5), the others are.
      expect(await reader.open(forged, utf8('info'))).toBeNull()
    }
    for (let length = 0; length < sealed.length; length++)
      expect(await reader.open(sealed.slice(0, length), utf8('info'))).toBeNull()
  })

  test('seals for no key of small order or of a wrong length', async () => {
    for (const key of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31)), new Uint8Array(31)])
      expect(await crypto.sealFor(key, utf8('info'), utf8('hello'))).toBeNull()
  })
}

const rfc8032 = [
  {
    name: '1',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    name: '3',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
]

/** The bytes that pairs of hexadecimal digits say. */
export const hex = (digits: string): Bytes =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** The bytes 0 to 15. */
export const knownSecret = roomSecret('AAECAwQFBgcICQoLDA0ODw')

export const utf8 = (value: string): Bytes => new TextEncoder().encode(value)
const text = (value: Bytes): string => new TextDecoder().decode(value)

function roomSecret(value: string): RoomSecret {
  const secret = parseRoomSecret(value)
  assert(secret, 'a well-formed secret')
  return secret
}

function bytes(base64Url: string): Bytes {
  const value = bytesFromBase64Url(base64Url)
  assert(value, 'well-formed base64url')
  return value
}
