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
