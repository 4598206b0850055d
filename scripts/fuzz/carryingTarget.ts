import type { Bytes } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { randomPeerId, seededRandom } from '../../src/shared/random.ts'
import { assert } from '../../src/shared/result.ts'
import { invariants } from '../../src/simulator/invariants.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/codec.ts'
import type { SwarmMessage } from '../../src/swarm/io.ts'
import { fakeSha256 } from '../../src/swarm/testing/fakeCrypto.ts'
import { listedOf, listOf } from '../../src/swarm/testing/lists.ts'
import { bitsOf, SwarmWorld, type Machine } from '../../src/swarm/testing/swarmWorld.ts'
import { aMinuteMs, liar, manifest, messagesMax, pieces } from './lyingTarget.ts'
import { accepted, rowTarget } from './target.ts'

const { share } = manifest
/** Somebody whom nobody here is linked with. */
const nobody = randomPeerId(seededRandom(2))

/** An origin and a taker can both reach one between, and not each other; a liar, whom neither can reach, says to that one what it likes. */
class Between {
  readonly #world = new SwarmWorld(3, 1)
  readonly #origin: Machine
  readonly #between: Machine
  readonly #taker: Machine

  constructor() {
    const [origin, between, taker] = this.#world.machines
    assert(origin && between && taker, 'there are three')
    this.#origin = origin
    this.#between = between
    this.#taker = taker
    this.#world.meet(origin, between)
    this.#world.meet(between, taker)
    this.#world.feed(between, { type: 'peerLinked', peer: liar })
    this.#world.feed(between, { type: 'neighboursHeard', peer: liar, neighbours: [] })
    this.#world.feed(between, {
      type: 'linkHasRoom',
      peer: liar,
      roomBytes: Infinity,
      roundTripMs: null,
      uplinkRoomBytes: Infinity,
    })
    this.#world.offer(this.#origin, manifest)
    this.#world.run(limits.throughSettleMs)
  }

  lie(bytes: Bytes): void {
    const decoded = decodeMessage(bytes, fakeSha256)
    this.#world.feed(
      this.#between,
      decoded.ok
        ? { type: 'messageArrived', peer: liar, message: decoded.value }
        : { type: 'messageFaulted', peer: liar },
    )
    this.#world.run(0)
    this.#check()
  }

  takerAsks(): void {
    this.#world.feed(this.#taker, { type: 'downloadAsked', share })
    this.#world.run(limits.throughSettleMs)
    this.#check()
  }

  /** Whatever was said: in the end the taker has what the origin signed, and, with the liar gone, nothing of it stays between. */
  end(): string[] {
    this.takerAsks()
    this.#world.run(aMinuteMs)
    this.#check()
    assert(this.#taker.swarm.snapshot(share)?.state === 'complete', 'nobody can keep it from who takes it')
    this.#world.feed(this.#between, { type: 'peerUnlinked', peer: liar })
    this.#world.run(limits.throughSettleMs)
    assert(this.#between.swarm.load().carriedBytes === 0, 'nothing is kept that nobody takes')
    return this.#world.reports.flatMap((report) => (report.type === 'peerMisbehaved' ? [report.why] : []))
  }

  #check(): void {
    const state = this.#between.swarm.inspect(share)
    const { carriedBytes } = this.#between.swarm.load()
    assert(carriedBytes >= 0 && carriedBytes <= limits.carriedMaxBytes, 'what is kept is within its limit')
    assert(this.#between.swarm.snapshot(share)?.heldCount === 0, 'nothing of it becomes our own')
    if (state) {
      invariants.openPiecesAddUp(state)
      invariants.wantedPiecesAddUp(state)
    }
    const blamed = this.#world.reports.flatMap((report) =>
      report.type === 'peerMisbehaved' ? [report.peer] : [],
    )
    assert(
      blamed.every((peer) => peer === liar),
      'nobody else is blamed',
    )
  }
}

const blocks = (...asked: readonly number[]) => asked.map((piece) => ({ piece, block: 0 }))
const told = { share, listed: listedOf(manifest, pieces), bits: bitsOf(pieces, [1, 3]).slice() }

const lies: readonly (readonly (SwarmMessage | null)[])[] = [
  [
    { type: 'interested', share, hashesFrom: 0 },
    { type: 'request', share, blocks: blocks(0, 1, 2, 3) },
    null,
    { type: 'cancel', share, blocks: blocks(0, 1) },
    { type: 'notInterested', share },
  ],
  [
    null,
    { type: 'interested', share, hashesFrom: 4 },
    { type: 'request', share, blocks: blocks(3) },
    { type: 'offer', manifest },
    { type: 'bitfield', ...told },
    { type: 'have', share, runs: [[0, 4]] },
    { type: 'withdraw', share },
  ],
  [
    { type: 'offer', manifest },
    { type: 'through', ...told, holders: [{ peer: nobody, isWhole: true }] },
    null,
    { type: 'refuse', share, blocks: blocks(1) },
    { type: 'ignored', share },
  ],
  listOf(manifest, pieces).map((part): SwarmMessage => ({ type: 'hashes', share, part })),
]

/** What a liar says to somebody who passes a share on, a message each; at an empty one who takes it begins. */
export const carryingTarget = rowTarget(
  'carrying',
  lies.map((said) => said.map((message) => (message ? encodeMessage(message) : new Uint8Array(0)))),
  (messages) => {
    const between = new Between()
    for (const message of messages.slice(0, messagesMax)) {
      if (message.length === 0) between.takerAsks()
      else between.lie(message)
    }
    return accepted(between.end().map((type) => ({ type })))
  },
)
