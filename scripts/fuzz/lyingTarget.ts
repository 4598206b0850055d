import type { Bytes } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { randomPeerId, seededRandom } from '../../src/shared/random.ts'
import { assert } from '../../src/shared/result.ts'
import { invariants } from '../../src/simulator/invariants.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/codec.ts'
import type { HashPart } from '../../src/swarm/hashList.ts'
import type { SwarmMessage } from '../../src/swarm/io.ts'
import { fakeSha256 } from '../../src/swarm/testing/fakeCrypto.ts'
import { forgedList } from '../../src/swarm/testing/liars.ts'
import { listedOf, listOf } from '../../src/swarm/testing/lists.ts'
import { bitsOf, newManifest, SwarmWorld, type Machine } from '../../src/swarm/testing/swarmWorld.ts'
import { accepted, rowTarget } from './target.ts'

/** In each share that a liar lies about. */
export const pieces = 4
/** The origin signs each hash by itself: who has signed them otherwise has contradicted itself. */
const cuts = [1, 2, 3]
const pieceSizeBytes = limits.pieceSizeMinBytes
/** What is lied about. */
export const manifest = newManifest(pieces, { pieceSizeBytes, sizeBytes: pieces * pieceSizeBytes })
const { share } = manifest
/** Who lies. */
export const liar = randomPeerId(seededRandom(1))
/** Of one input: each takes a while. */
export const messagesMax = 60
export const aMinuteMs = 60_000

/** Somebody takes a share of four pieces, each of one block, while its origin hashes it; a liar offers it too, and says what it likes. */
class Encounter {
  readonly #world = new SwarmWorld(2, 1)
  readonly #victim: Machine
  readonly #origin: Machine
  #hashed = 0

  constructor() {
    const [victim, origin] = this.#world.machines
    assert(victim && origin, 'there are two')
    this.#victim = victim
    this.#origin = origin
    this.#world.link(victim, origin)
    this.#world.feed(victim, { type: 'peerLinked', peer: liar })
    this.#world.feed(victim, {
      type: 'linkHasRoom',
      peer: liar,
      roomBytes: Infinity,
      roundTripMs: null,
      uplinkRoomBytes: Infinity,
    })
    this.#world.feed(origin, { type: 'shareOffered', manifest })
    this.#world.run(limits.announceBatchMs)
    this.#world.feed(victim, { type: 'downloadAsked', share })
    this.#world.run(0)
  }

  lie(bytes: Bytes): void {
    const decoded = decodeMessage(bytes, fakeSha256)
    this.#world.feed(
      this.#victim,
      decoded.ok
        ? { type: 'messageArrived', peer: liar, message: wholeBlock(decoded.value) }
        : { type: 'messageFaulted', peer: liar },
    )
    this.#world.run(0)
    this.#check()
  }

  originHashes(): void {
    if (this.#hashed < pieces) this.#world.hash(this.#origin, manifest, this.#hashed++)
    this.#world.run(limits.signEveryMs)
    this.#check()
  }

  /** Whatever was said: in the end the victim has what the origin signed. What it held against the liar. */
  end(): string[] {
    while (this.#hashed < pieces) this.originHashes()
    this.#world.run(aMinuteMs)
    this.#check()
    const snapshot = this.#victim.swarm.snapshot(share)
    assert(snapshot?.state === 'complete', 'nobody can keep from another what its origin gives')
    return this.#blames().map(({ why }) => why)
  }

  #check(): void {
    const state = this.#victim.swarm.inspect(share)
    if (!state) return
    invariants.openPiecesAddUp(state)
    invariants.wantedPiecesAddUp(state)
    invariants.requestsAreWithinLimits(state)
    assert(!state.contradicted, 'nobody can make an origin contradict itself')
    assert(
      this.#blames().every(({ peer }) => peer === liar),
      'an honest origin is not blamed',
    )
  }

  #blames() {
    return this.#world.reports.flatMap((report) => (report.type === 'peerMisbehaved' ? [report] : []))
  }
}

/** A block of one byte stands for a whole one of it, so that inputs stay short. */
function wholeBlock(message: SwarmMessage): SwarmMessage {
  if (message.type !== 'block' || message.bytes.length > 1) return message
  return { ...message, bytes: new Uint8Array(pieceSizeBytes).fill(message.bytes[0] ?? 0) }
}

const block = (piece: number, fill: number): SwarmMessage => ({
  type: 'block',
  share,
  piece,
  block: 0,
  bytes: Uint8Array.of(fill),
})
const hashes = (parts: readonly HashPart[]): SwarmMessage[] =>
  parts.map((part) => ({ type: 'hashes', share, part }))
const told = { share, listed: listedOf(manifest, pieces, cuts), bits: bitsOf(pieces, [1, 3]).slice() }

const lies: readonly (readonly (SwarmMessage | null)[])[] = [
  [
    { type: 'offer', manifest },
    { type: 'bitfield', ...told },
    ...hashes(listOf(manifest, pieces, cuts)),
    block(1, 7),
    null,
  ],
  [...hashes(forgedList(manifest, pieces)), null, null],
  [
    null,
    { type: 'have', share, runs: [[0, 4]] },
    null,
    { type: 'withdraw', share },
    { type: 'offer', manifest },
  ],
  [null, null, null, block(0, 0), block(2, 0), { type: 'refuse', share, blocks: [{ piece: 3, block: 0 }] }],
  [
    { type: 'interested', share, hashesFrom: 0 },
    { type: 'ignored', share },
    { type: 'notInterested', share },
  ],
  [
    { type: 'offer', manifest },
    { type: 'through', ...told, holders: [{ peer: liar, isWhole: true }] },
    null,
    { type: 'have', share, runs: [[0, 4]] },
    block(1, 7),
    { type: 'bitfield', ...told },
    null,
  ],
  [
    { type: 'promise', share, pieces: [0] },
    { type: 'request', share, blocks: [{ piece: 0, block: 0 }] },
  ],
]

/** What a liar says to somebody who takes a share, a message each; while an empty one lets the origin hash a piece. */
export const lyingTarget = rowTarget(
  'lying',
  lies.map((said) => said.map((message) => (message ? encodeMessage(message) : new Uint8Array(0)))),
  (messages) => {
    const encounter = new Encounter()
    for (const message of messages.slice(0, messagesMax)) {
      if (message.length === 0) encounter.originHashes()
      else encounter.lie(message)
    }
    return accepted(encounter.end().map((type) => ({ type })))
  },
)
