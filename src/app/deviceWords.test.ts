import { describe, expect, it } from 'vitest'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import { publicKeyBytes, type DeviceId } from '../shared/ids.ts'
import { wordsOf } from './deviceWords.ts'

const device = (firstByte: number): DeviceId => {
  const key = new Uint8Array(publicKeyBytes)
  key[0] = firstByte
  return base64UrlFromBytes(key) as DeviceId
}

describe('the words of a device', () => {
  it('are the same on every page, and in every version of this one', () => {
    expect(wordsOf(device(1)).join(' ')).toBe('mass clown argue rule donor skirt city always')
  })

  it('are others for another device', () => {
    const all = new Set(Array.from({ length: 256 }, (_, at) => wordsOf(device(at)).join(' ')))
    expect(all.size).toBe(256)
  })

  it('are eight of a list', () => {
    for (let at = 0; at < 256; at++) {
      expect(wordsOf(device(at))).toHaveLength(8)
      for (const word of wordsOf(device(at))) expect(word).toMatch(/^[a-z]{3,8}$/)
    }
  })
})
