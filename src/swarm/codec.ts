import { base64UrlFromBytes, bytesFromBase64Url, concatBytes, type Bytes } from '../shared/bytes.ts'
import { idBytes, signatureBytes, type PeerId, type PieceIndex, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, unreachable, type Result } from '../shared/result.ts'
import type { Run } from './bitfield.ts'
import { hashBytes } from './hashList.ts'
import type { BlockAt, FarHolder, Listed, SwarmMessage } from './io.ts'
import { decodeManifest, encodeManifest, type Sha256 } from './manifest.ts'

/*
 * One message: a byte that says its type, the share's id (16 bytes; not in an offer), and the body. Numbers are unsigned 32-bit
 * big-endian. An offer's body is UTF-8 JSON; all others are binary.
 *
 *   bitfield   hashes known, their digest (32 bytes), bits
 *   through    the same, but before the bits how many holders, and of each its id (16 bytes) and a byte: 1 if it holds all, else 0
 *   hashes     first piece, digest of all before (32 bytes), signature (64 bytes), 32 bytes each
 *   interested first hash wanted            have      (first, count)*, ascending and apart
 *   promise    piece*                       request, cancel, refuse   (piece, block)*
 *   block      piece, block, bytes          notInterested, withdraw, ignored   nothing
 */
const typeCodes = {
  offer: 1,
  bitfield: 2,
  have: 3,
  interested: 4,
  notInterested: 5,
  withdraw: 6,
  hashes: 7,
  promise: 8,
  request: 9,
  cancel: 10,
  refuse: 11,
  block: 12,
  ignored: 13,
  through: 14,
} as const satisfies Record<SwarmMessage['type'], number>

const headBytes = 1 + idBytes
const numberBytes = 4

export type CodecFault = { readonly code: 'malformed'; readonly what: string }

export function encodeMessage(message: SwarmMessage): Bytes {
  switch (message.type) {
    case 'offer': {
      const body = encodeManifest(message.manifest)
      const bytes = new Uint8Array(1 + body.length)
      bytes[0] = typeCodes.offer
      bytes.set(body, 1)
      return bytes
    }
    case 'bitfield':
      return pack(message, [message.listed.count], message.listed.digest, message.bits)
    case 'through':
      return pack(
        message,
        [message.listed.count],
        message.listed.digest,
        Uint8Array.of(message.holders.length),
        ...message.holders.map(encodeHolder),
        message.bits,
      )
    case 'have':
      return pack(message, message.runs.flat())
    case 'interested':
      return pack(message, [message.hashesFrom])
    case 'notInterested':
    case 'withdraw':
    case 'ignored':
      return pack(message, [])
    case 'hashes':
      return pack(
        message,
        [message.part.first],
        message.part.before,
        message.part.signature,
        message.part.hashes,
      )
    case 'promise':
      return pack(message, message.pieces)
    case 'request':
    case 'cancel':
    case 'refuse':
      return pack(
        message,
        message.blocks.flatMap(({ piece, block }) => [piece, block]),
      )
    case 'block':
      return encodeBlock(message)
    default:
      return unreachable(message)
  }
}

const holderBytes = idBytes + 1

const encodeHolder = ({ peer, isWhole }: FarHolder): Bytes =>
  concatBytes([bytesFromBase64Url(peer) ?? new Uint8Array(idBytes), Uint8Array.of(isWhole ? 1 : 0)])

function encodeBlock({ share, piece, block, bytes }: SwarmMessage & { type: 'block' }): Bytes {
  const message = new Uint8Array(blockHeaderBytes + bytes.length)
  message.set(bytes, blockHeaderBytes)
  return writeBlockHeader(message.subarray(blockHeaderBytes), share, piece, block)
}

/** What goes before a block's bytes in its message. */
export const blockHeaderBytes = headBytes + 2 * numberBytes

/**
 * The message of a block whose bytes have `blockHeaderBytes` or more before them in their buffer: those are written over, and nothing
 * is copied.
 */
export function writeBlockHeader(bytes: Bytes, share: ShareId, piece: PieceIndex, block: number): Bytes {
  const start = bytes.byteOffset - blockHeaderBytes
  const message = new Uint8Array(bytes.buffer, start, blockHeaderBytes + bytes.length)
  message[0] = typeCodes.block
  message.set(bytesFromBase64Url(share) ?? [], 1)
  const view = new DataView(bytes.buffer, start)
  view.setUint32(headBytes, piece)
  view.setUint32(headBytes + numberBytes, block)
  return message
}

function pack(
  message: Exclude<SwarmMessage, { type: 'offer' }>,
  numbers: readonly number[],
  ...tails: readonly Uint8Array[]
): Bytes {
  const tailBytes = tails.reduce((sum, tail) => sum + tail.length, 0)
  const bytes = new Uint8Array(headBytes + numbers.length * numberBytes + tailBytes)
  bytes[0] = typeCodes[message.type]
  bytes.set(bytesFromBase64Url(message.share) ?? [], 1)
  const view = new DataView(bytes.buffer)
  for (const [place, number] of numbers.entries()) view.setUint32(headBytes + place * numberBytes, number)
  let at = headBytes + numbers.length * numberBytes
  for (const tail of tails) {
    bytes.set(tail, at)
    at += tail.length
  }
  return bytes
}

/** Takes any bytes: whatever comes back is well formed, though not yet true. A block's bytes share the message's buffer. */
export function decodeMessage(bytes: Bytes, sha256: Sha256): Result<SwarmMessage, CodecFault> {
  if (bytes.length > limits.messageSizeMaxBytes) return malformed('too long')
  if (bytes[0] === typeCodes.offer) return decodeOffer(bytes.subarray(1), sha256)
  if (bytes.length < headBytes) return malformed('too short')
  const share = base64UrlFromBytes(bytes.subarray(1, headBytes)) as ShareId
  const body = bytes.subarray(headBytes)
  switch (bytes[0]) {
    case typeCodes.bitfield:
      return decodeBitfield(share, body)
    case typeCodes.through:
      return decodeThrough(share, body)
    case typeCodes.have: {
      const runs = numberPairs(body, limits.runsPerMessage)
      return runs && areApart(runs) ? ok({ type: 'have', share, runs }) : malformed('have')
    }
    case typeCodes.interested: {
      const [hashesFrom, ...more] = numbersOf(body, 1) ?? []
      if (hashesFrom === undefined || more.length > 0) return malformed('interested')
      return ok({ type: 'interested', share, hashesFrom })
    }
    case typeCodes.notInterested:
      return body.length === 0 ? ok({ type: 'notInterested', share }) : malformed('notInterested')
    case typeCodes.withdraw:
      return body.length === 0 ? ok({ type: 'withdraw', share }) : malformed('withdraw')
    case typeCodes.ignored:
      return body.length === 0 ? ok({ type: 'ignored', share }) : malformed('ignored')
    case typeCodes.hashes:
      return decodeHashes(share, body)
    case typeCodes.promise: {
      const pieces = numbersOf(body, limits.requestsPerMessage)
      return pieces ? ok({ type: 'promise', share, pieces }) : malformed('promise')
    }
    case typeCodes.request:
      return decodeBlocks('request', share, body)
    case typeCodes.cancel:
      return decodeBlocks('cancel', share, body)
    case typeCodes.refuse:
      return decodeBlocks('refuse', share, body)
    case typeCodes.block:
      return decodeBlock(share, body)
    default:
      return malformed('type')
  }
}

const malformed = (what: string): Result<never, CodecFault> => fail({ code: 'malformed', what })

function decodeOffer(body: Uint8Array, sha256: Sha256): Result<SwarmMessage, CodecFault> {
  const manifest = decodeManifest(body, sha256)
  return manifest ? ok({ type: 'offer', manifest }) : malformed('offer')
}

const listedBytes = numberBytes + hashBytes

/** How far the sender knows the hash list; null where the body is too short. */
function listedIn(body: Bytes): Listed | null {
  const [count] = numbersOf(body.subarray(0, numberBytes), 1) ?? []
  if (count === undefined || body.length < listedBytes) return null
  return { count, digest: body.subarray(numberBytes, listedBytes) }
}

function decodeBitfield(share: ShareId, body: Bytes): Result<SwarmMessage, CodecFault> {
  const listed = listedIn(body)
  if (!listed) return malformed('bitfield')
  return ok({ type: 'bitfield', share, listed, bits: body.subarray(listedBytes) })
}

function decodeThrough(share: ShareId, body: Bytes): Result<SwarmMessage, CodecFault> {
  const listed = listedIn(body)
  const holdersAt = listedBytes + 1
  const holderCount = body[listedBytes] ?? 0
  const bitsAt = holdersAt + holderCount * holderBytes
  const isCounted = holderCount > 0 && holderCount <= limits.farHoldersMax && body.length >= bitsAt
  if (!listed || !isCounted) return malformed('through')
  const holders: FarHolder[] = []
  for (let at = holdersAt; at < bitsAt; at += holderBytes) {
    const whole = body[at + idBytes] ?? 0
    if (whole > 1) return malformed('through')
    const peer = base64UrlFromBytes(body.subarray(at, at + idBytes)) as PeerId
    holders.push({ peer, isWhole: whole === 1 })
  }
  return ok({ type: 'through', share, listed, holders, bits: body.subarray(bitsAt) })
}

function decodeHashes(share: ShareId, body: Bytes): Result<SwarmMessage, CodecFault> {
  const beforeAt = numberBytes
  const signatureAt = beforeAt + hashBytes
  const hashesAt = signatureAt + signatureBytes
  const [first] = numbersOf(body.subarray(0, beforeAt), 1) ?? []
  const hashes = body.subarray(hashesAt)
  const isWhole = hashes.length > 0 && hashes.length % hashBytes === 0
  if (first === undefined || !isWhole || hashes.length > limits.hashesPerMessage * hashBytes)
    return malformed('hashes')
  const [before, signature] = [body.subarray(beforeAt, signatureAt), body.subarray(signatureAt, hashesAt)]
  return ok({ type: 'hashes', share, part: { first, before, signature, hashes } })
}

function decodeBlocks(
  type: 'request' | 'cancel' | 'refuse',
  share: ShareId,
  body: Uint8Array,
): Result<SwarmMessage, CodecFault> {
  const pairs = numberPairs(body, limits.requestsPerMessage)
  if (!pairs) return malformed(type)
  const blocks: BlockAt[] = pairs.map(([piece, block]) => ({ piece, block }))
  return ok({ type, share, blocks })
}

function decodeBlock(share: ShareId, body: Bytes): Result<SwarmMessage, CodecFault> {
  const [piece, block] = numbersOf(body.subarray(0, 2 * numberBytes), 2) ?? []
  const bytes = body.subarray(2 * numberBytes)
  if (piece === undefined || block === undefined || bytes.length === 0) return malformed('block')
  return ok({ type: 'block', share, piece, block, bytes })
}

/** Runs that overlap would let a small message cost much work. */
const areApart = (runs: readonly Run[]): boolean =>
  runs.every(([first, count], at) => {
    const [before, beforeCount] = runs[at - 1] ?? [0, 0]
    return count > 0 && first >= before + beforeCount
  })

/** Null unless the bytes are one to `max` whole numbers. */
function numbersOf(bytes: Uint8Array, max: number): number[] | null {
  const count = bytes.length / numberBytes
  if (!Number.isInteger(count) || count === 0 || count > max) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: count }, (_, at) => view.getUint32(at * numberBytes))
}

function numberPairs(bytes: Uint8Array, max: number): Run[] | null {
  const numbers = numbersOf(bytes, 2 * max)
  if (!numbers || numbers.length % 2 !== 0) return null
  return Array.from({ length: numbers.length / 2 }, (_, at) => [
    numbers[2 * at] ?? 0,
    numbers[2 * at + 1] ?? 0,
  ])
}
