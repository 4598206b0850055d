import { wordlist } from '@scure/bip39/wordlists/english.js'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { bytesFromBase64Url, concatBytes, utf8FromText } from '../shared/bytes.ts'
import type { DeviceId } from '../shared/ids.ts'

const label = utf8FromText('swarmdrop words 1\n')
/** 88 bits: no search finds a second device with the words of a given one. */
const wordCount = 8
const bitsPerWord = 11

/** The words of a device, by which two people make sure of each other: they depend on its key alone, so nothing need be exchanged first. */
export function wordsOf(device: DeviceId): readonly string[] {
  const hash = sha256AtOnce(concatBytes([label, bytesFromBase64Url(device) ?? new Uint8Array()]))
  let bits = 0n
  for (const byte of hash) bits = (bits << 8n) | BigInt(byte)
  return Array.from({ length: wordCount }, (_, at) => {
    const rest = hash.length * 8 - (at + 1) * bitsPerWord
    return wordlist[Number((bits >> BigInt(rest)) & 2047n)] ?? ''
  })
}
