/** Bytes backed by an ordinary (not shared) buffer: what WebCrypto, data channels and files take. */
export type Bytes = Uint8Array<ArrayBuffer>

const base64UrlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** By character code; 255 for what is no letter of it. */
const base64UrlValues = new Uint8Array(128).fill(255)
for (let value = 0; value < base64UrlAlphabet.length; value++)
  base64UrlValues[base64UrlAlphabet.charCodeAt(value)] = value

/** Base64url without padding (RFC 4648, section 5). */
export function base64UrlFromBytes(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const letters = Math.min(4, bytes.length - at + 1)
    for (let letter = 0; letter < letters; letter++) {
      text += base64UrlAlphabet[(group >> (18 - 6 * letter)) & 63]
    }
  }
  return text
}

/** The bytes of canonical, unpadded base64url; null for anything else, so that one value has one spelling. */
export function bytesFromBase64Url(text: string): Bytes | null {
  if (text.length % 4 === 1) return null
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let bitCount = 0
  let at = 0
  for (let place = 0; place < text.length; place++) {
    const value = base64UrlValues[text.charCodeAt(place)] ?? 255
    if (value === 255) return null
    bits = ((bits << 6) | value) & 0xffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[at++] = bits >> bitCount
    }
  }
  return (bits & ((1 << bitCount) - 1)) === 0 ? bytes : null
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

export function concatBytes(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const utf8FromText = (text: string): Bytes => new TextEncoder().encode(text)

/** Null when the bytes are not UTF-8. */
export function textFromUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
