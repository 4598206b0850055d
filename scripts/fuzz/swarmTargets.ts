import { isDeepStrictEqual } from 'node:util'
import { sha256AtOnce } from '../../src/crypto/nobleHashes.ts'
import { bytesEqual, concatBytes, type Bytes } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { randomPeerId, seededRandom } from '../../src/shared/random.ts'
import { assert } from '../../src/shared/result.ts'
import { Bitfield, runsOf } from '../../src/swarm/bitfield.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/codec.ts'
import { hashBytes } from '../../src/swarm/hashList.ts'
import type { SwarmMessage } from '../../src/swarm/io.ts'
import { listOf, listedOf } from '../../src/swarm/testing/lists.ts'
import { bitsOf } from '../../src/swarm/testing/swarmWorld.ts'
import { carryingTarget } from './carryingTarget.ts'
import { lyingTarget } from './lyingTarget.ts'
import { file, folder, mustBeWithinLimits } from './savingTargets.ts'
import { accepted, bytesTarget, refused } from './target.ts'

const { share } = file

const messages: SwarmMessage[] = [
  { type: 'offer', manifest: file },
  { type: 'offer', manifest: folder },
  { type: 'bitfield', share, listed: listedOf(file, 9), bits: bitsOf(9, [0, 3, 8]).slice() },
  {
    type: 'through',
    share,
    listed: listedOf(file, 9),
    holders: [
      { peer: randomPeerId(seededRandom(1)), isWhole: true },
      { peer: randomPeerId(seededRandom(2)), isWhole: false },
    ],
    bits: bitsOf(9, [0, 3, 8]).slice(),
  },
  {
    type: 'have',
    share,
    runs: [
      [0, 2],
      [5, 1],
    ],
  },
  { type: 'interested', share, hashesFrom: 3 },
  { type: 'notInterested', share },
  { type: 'withdraw', share },
  { type: 'ignored', share },
  ...listOf(file, 9, [1, 4]).map((part): SwarmMessage => ({ type: 'hashes', share, part })),
  { type: 'promise', share, pieces: [1, 2, 0xffff_ffff] },
  {
    type: 'request',
    share,
    blocks: [
      { piece: 1, block: 0 },
      { piece: 2, block: 63 },
    ],
  },
  { type: 'cancel', share, blocks: [{ piece: 1, block: 0 }] },
  { type: 'refuse', share, blocks: [{ piece: 1, block: 0 }] },
  { type: 'block', share, piece: 1, block: 0, bytes: Uint8Array.of(1, 2, 3, 4, 5) },
]

const swarmMessage = bytesTarget('swarmMessage', messages.map(encodeMessage), (bytes) => {
  const decoded = decodeMessage(bytes, sha256AtOnce)
  if (!decoded.ok) return refused(decoded.fault.what)
  const message = decoded.value
  const encoded = encodeMessage(message)
  assert(isDeepStrictEqual(decodeMessage(encoded, sha256AtOnce), decoded), 'encoded, it decodes to the same')
  if (message.type === 'offer') mustBeWithinLimits(message.manifest)
  else assert(bytesEqual(encoded, bytes), 'it has one spelling')
  if (message.type === 'have') assert(areApart(message.runs), 'runs are apart')
  if (message.type === 'through')
    assert(message.holders.length <= limits.farHoldersMax, 'there are not too many holders')
  if (message.type === 'hashes')
    assert(message.part.hashes.length <= limits.hashesPerMessage * hashBytes, 'a part is not too long')
  return accepted(message)
})

const areApart = (runs: readonly (readonly [first: number, count: number])[]): boolean => {
  const pieces = runs.flatMap(([first, count]) => [first, first + count - 1])
  return runs.length <= limits.runsPerMessage && pieces.every((piece, at) => piece >= (pieces[at - 1] ?? 0))
}

/** Two bytes say how many pieces there should be. */
const bitsAfterCount = (pieceCount: number, pieces: readonly number[]): Bytes =>
  concatBytes([Uint8Array.of(pieceCount >> 8, pieceCount & 0xff), bitsOf(pieceCount, pieces)])

const bitfield = bytesTarget(
  'bitfield',
  [
    bitsAfterCount(9, [0, 3, 8]),
    bitsAfterCount(32, [31]),
    bitsAfterCount(1, []),
    bitsAfterCount(300, [0, 299]),
  ],
  (bytes) => {
    const pieceCount = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
    const field = Bitfield.parse(pieceCount, bytes.subarray(2))
    if (field === null) return refused('null')
    const pieces = Array.from({ length: pieceCount }, (_, piece) => piece).filter((piece) => field.has(piece))
    assert(field.count === pieces.length && field.count <= pieceCount, 'it counts its pieces')
    assert(
      bytesEqual(bitsOf(pieceCount, pieces), bytes.subarray(2)),
      'put in again, they give the same bytes',
    )
    const inRuns = runsOf(pieces).reduce((sum, [, count]) => sum + count, 0)
    assert(inRuns === pieces.length, 'its runs are its pieces')
    return accepted({ isFull: field.full, isEmpty: field.count === 0 })
  },
)

/** What the swarm reads. */
export const swarmTargets = [swarmMessage, bitfield, lyingTarget, carryingTarget]
