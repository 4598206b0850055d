import { concatBytes, textFromUtf8, utf8FromText, type Bytes } from '../shared/bytes.ts'
import { linesOf } from './candidates.ts'
import { fingerprintOf } from './fingerprints.ts'
import { messageSizeByDefaultBytes } from './messageParts.ts'
import { addressKinds, packAddress, unpackAddress, type PackedAddress } from './packedAddress.ts'

/*
 * A description with its candidates, in as few bytes as people have patience to carry: what is known of it and nothing else, so that
 * nothing unknown is carried, or echoed to a browser. Numbers are big-endian.
 *
 *   ICE user   length, text     password   length, text     fingerprint   32 (SHA-256)     message size   4 (0 for any)
 *   candidates  how many, and of each   type, address kind   priority   address      port
 *                                       1                    4          4, 16 or 16  2
 *
 * All else is the same in every description of one data channel, or follows from which of the two it is: who offers takes the
 * other's side as passive, so that DTLS begins when both have heard, however long people take.
 */

/** Of ICE (RFC 8839, section 5.4): at least 22 of a password, and 4 of a user, in these letters. */
const iceText = /^[A-Za-z0-9+/]+$/
const userMax = 32
const passwordMax = 64
const fingerprintBytes = 32
const candidateTypes = ['host', 'srflx', 'relay'] as const
type CandidateType = (typeof candidateTypes)[number]

/** So many of each kind, of those that a browser prefers. */
const candidatesOfType: Readonly<Record<CandidateType, number>> = { host: 4, srflx: 2, relay: 2 }
const candidatesMax = 8

interface Candidate {
  readonly type: CandidateType
  readonly priority: number
  readonly address: PackedAddress
  readonly port: number
}

/** UDP alone: nothing is said of TCP but which ports are closed. */
const candidateLine =
  /^a=candidate:\S+ 1 udp (?<priority>\d{1,10}) (?<address>\S+) (?<port>\d{1,5}) typ (?<type>host|srflx|relay)\b/i

/** The bytes of what a browser says; null for what is no description of one data channel, as this page's are. */
export function packDescription(sdp: string): Bytes | null {
  const user = valueOf(sdp, 'ice-ufrag')
  const password = valueOf(sdp, 'ice-pwd')
  const fingerprint = fingerprintFrom(fingerprintOf(sdp))
  const sizeBytes = Number(valueOf(sdp, 'max-message-size') ?? messageSizeByDefaultBytes)
  if (!isIceText(user, 4, userMax) || !isIceText(password, 22, passwordMax) || fingerprint === null)
    return null
  if (!isUint(sizeBytes, 4) || valueOf(sdp, 'mid') !== '0' || valueOf(sdp, 'sctp-port') !== '5000')
    return null
  const candidates = chosen(linesOf(sdp).flatMap((line) => candidateIn(line) ?? []))
  return concatBytes([
    packText(user),
    packText(password),
    fingerprint,
    uint(sizeBytes, 4),
    Uint8Array.of(candidates.length),
    ...candidates.map(packCandidate),
  ])
}

/**
 * The description in bytes from a stranger, as a browser takes it; null for what is none to the last byte. An offer names its side active, so
 * that the answer to it is passive.
 */
export function unpackDescription(type: 'offer' | 'answer', bytes: Bytes): string | null {
  const reader = new Reader(bytes)
  const user = reader.text(4, userMax)
  const password = reader.text(22, passwordMax)
  const fingerprint = reader.take(fingerprintBytes)
  const sizeBytes = reader.uint(4)
  const candidates = reader.list(candidatesMax, readCandidate)
  if (user === null || password === null || fingerprint === null || sizeBytes === null) return null
  if (candidates === null || !reader.isAtEnd) return null
  const hex = [...fingerprint].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map(lineOf),
    `a=ice-ufrag:${user}`,
    `a=ice-pwd:${password}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${hex.join(':')}`,
    `a=setup:${type === 'offer' ? 'active' : 'passive'}`,
    'a=mid:0',
    'a=sctp-port:5000',
    `a=max-message-size:${sizeBytes}`,
    '',
  ].join('\r\n')
}

function valueOf(sdp: string, name: string): string | null {
  const start = `a=${name}:`
  return (
    linesOf(sdp)
      .find((line) => line.startsWith(start))
      ?.slice(start.length) ?? null
  )
}

function fingerprintFrom(text: string | null): Bytes | null {
  const hex = text?.startsWith('SHA-256 ') ? text.slice('SHA-256 '.length).split(':') : []
  return hex.length === fingerprintBytes ? Uint8Array.from(hex, (pair) => parseInt(pair, 16)) : null
}

function candidateIn(line: string): Candidate | null {
  const { priority, address: text = '', port, type } = candidateLine.exec(line)?.groups ?? {}
  const address = packAddress(text)
  if (type === undefined || address === null) return null
  const candidate = { type: type.toLowerCase() as CandidateType, address }
  const numbers = { priority: Number(priority), port: Number(port) }
  return isUint(numbers.priority, 4) && isUint(numbers.port, 2) ? { ...candidate, ...numbers } : null
}

function chosen(candidates: readonly Candidate[]): Candidate[] {
  const byPriority = candidates.toSorted((a, b) => b.priority - a.priority)
  return candidateTypes.flatMap((type) =>
    byPriority.filter((candidate) => candidate.type === type).slice(0, candidatesOfType[type]),
  )
}

function packCandidate({ type, priority, address, port }: Candidate): Bytes {
  const kinds = candidateTypes.indexOf(type) * addressKinds.length + addressKinds.indexOf(address.kind)
  return concatBytes([Uint8Array.of(kinds), uint(priority, 4), address.bytes, uint(port, 2)])
}

function readCandidate(reader: Reader): Candidate | null {
  const kinds = reader.uint(1)
  const priority = reader.uint(4)
  if (kinds === null || priority === null) return null
  const type = candidateTypes[Math.floor(kinds / addressKinds.length)]
  const kind = addressKinds[kinds % addressKinds.length]
  const bytes = type !== undefined && kind !== undefined ? reader.take(kind.bytes) : null
  const port = reader.uint(2)
  if (type === undefined || kind === undefined || bytes === null || port === null) return null
  return { type, priority, address: { kind, bytes }, port }
}

/** A related address (RFC 8839, section 5.1) must be named where there is one, and nobody needs it. */
function lineOf({ type, priority, address, port }: Candidate, at: number): string {
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0'
  return `a=candidate:${at + 1} 1 udp ${priority} ${unpackAddress(address)} ${port} typ ${type}${related}`
}

const isIceText = (text: string | null, min: number, max: number): text is string =>
  text !== null && text.length >= min && text.length <= max && iceText.test(text)

const isUint = (value: number, lengthBytes: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < 2 ** (8 * lengthBytes)

const uint = (value: number, lengthBytes: number): Bytes =>
  Uint8Array.from({ length: lengthBytes }, (_, at) => (value / 2 ** (8 * (lengthBytes - 1 - at))) & 255)

const packText = (text: string): Bytes => concatBytes([Uint8Array.of(text.length), utf8FromText(text)])

/** Reads on from where it is; once something is missing, all that follows is null. */
class Reader {
  readonly #bytes: Bytes
  #at = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  take(lengthBytes: number): Bytes | null {
    const end = this.#at + lengthBytes
    const taken = end <= this.#bytes.length ? this.#bytes.slice(this.#at, end) : null
    this.#at = end
    return taken
  }

  uint(lengthBytes: number): number | null {
    return this.take(lengthBytes)?.reduce((sum, byte) => sum * 256 + byte, 0) ?? null
  }

  text(min: number, max: number): string | null {
    const length = this.uint(1)
    const bytes = length === null ? null : this.take(length)
    const text = bytes && textFromUtf8(bytes)
    return isIceText(text, min, max) ? text : null
  }

  list<Item>(countMax: number, read: (reader: Reader) => Item | null): Item[] | null {
    const count = this.uint(1)
    if (count === null || count > countMax) return null
    const items = Array.from({ length: count }, () => read(this))
    const found = items.filter((item) => item !== null)
    return found.length === count ? found : null
  }
}
