import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { PeerId, ShareId } from '../src/shared/ids.ts'
import { limits } from '../src/shared/limits.ts'
import { randomShareId, seededRandom } from '../src/shared/random.ts'
import { assert } from '../src/shared/result.ts'
import type { Card, RoomMessage } from '../src/room/io.ts'
import { decodeRoomMessage, encodeRoomMessage } from '../src/room/messages.ts'
import { signedCard } from '../src/room/testing/fakeSigning.ts'
import { mailboxesOf, manyPeers, onlineBench, peerNumber } from '../src/room/testing/roomBench.ts'

const neighboursCount = limits.linksMax
/** What a manifest takes as text, with a name of 30 letters. */
const manifestLength = 520
/** So many at a time stay below what one neighbour may have checked. */
const cardsAtOnce = 20
const waitMs = 1000

/**
 * Bytes of memory that the room machine of one member takes that knows so many others and what so many shares are, each given by another of
 * them; all of its own, as read from messages.
 */
export function memoryOf(members: number, shares: number): number {
  // What is compiled at first is no member's.
  gatherAll(2 * neighboursCount, 1)
  const before = heapBytes()
  const { room } = gatherAll(members, shares)
  const after = heapBytes()
  assert(room.members().length === members, 'it knows them all')
  return after - before
}

function gatherAll(members: number, shareCount: number): ReturnType<typeof onlineBench> {
  const bench = onlineBench(peerNumber(1))
  const random = seededRandom(1)
  const neighbours = Array.from({ length: neighboursCount }, (_, at) => peerNumber(at + 2))
  for (const peer of neighbours) bench.link(peer)
  const shares = Array.from({ length: shareCount }, () => randomShareId(random))
  const others = Array.from({ length: members - neighboursCount }, (_, at) => manyPeers(0, at))
  for (let from = 0; from < others.length; from += cardsAtOnce) {
    const cards = others.slice(from, from + cardsAtOnce).map((peer, at) => cardOf(peer, shares[from + at]))
    for (const neighbour of neighbours)
      hear(bench, neighbour, { type: 'heads', heads: cards.map(({ peer, sequence }) => [peer, sequence]) })
    hear(bench, neighbours[0] ?? peerNumber(2), { type: 'cards', cards })
    bench.pass(waitMs)
  }
  for (const share of shares) {
    const manifest = Buffer.alloc(manifestLength, share).toString()
    bench.feed({ type: 'manifestChecked', share, manifest })
  }
  bench.pass(waitMs)
  return bench
}

function cardOf(peer: PeerId, share: ShareId | undefined): Card {
  const content = {
    profile: { name: 'Quick Otter 123', device: 'desktop' },
    mailboxes: mailboxesOf(peer),
    doors: [],
    shares: share === undefined ? [] : [share],
    sequence: 1,
    lifeSeconds: limits.cardLifeMaxMs / 1000,
  } as const
  return signedCard(peer, content)
}

/** As text that is read: what one member keeps is no other's. */
function hear({ hear: take }: ReturnType<typeof onlineBench>, from: PeerId, message: RoomMessage): void {
  const read = decodeRoomMessage(encodeRoomMessage(message))
  assert(read.ok, 'what is said is understood')
  take(from, read.value)
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert(typeof collect === 'function', 'there is a collector')
  for (let times = 0; times < 3; times++) collect()
  return process.memoryUsage().heapUsed
}
