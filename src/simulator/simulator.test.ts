import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { stages, type Carrying, type OpenPiece, type ShareState } from '../swarm/state.ts'
import { changeOf, figuresOf, figuresOfRoom, rooms, type Figures, type Room } from './base.ts'
import base from './base.json' with { type: 'json' }
import { checkInvariants, checkRest, invariants } from './invariants.ts'
import { scenarios } from './scenarios.ts'
import type { VirtualPeer } from './virtualPeer.ts'
import { World, type WorldOptions } from './world.ts'

/** Looks at every so many events: at all of them a large room would take too long. */
function checkEvery(every: number): WorldOptions['check'] {
  let count = 0
  return (world, peer) => {
    if (count++ % every === 0) checkInvariants(world, peer)
  }
}

/** The figures of each seed. That everyone finished is part of it. */
function run(room: Room): Figures[] {
  return Array.from({ length: room.seeds }, (_, at) => {
    const check = checkEvery(room.peers > 12 ? 400 : room.peers > 8 ? 20 : 3)
    const figures = figuresOf(room, at + 1, scenarios[room.scenario].run(room.peers, at + 1, check))
    if (!figures)
      throw new Error(`--scenario ${room.scenario} --peers ${room.peers} --seed ${at + 1}: not all finish`)
    return figures
  })
}

const meanRatio = (figures: readonly Figures[]): number =>
  figures.reduce((sum, { ratio }) => sum + ratio, 0) / figures.length

// Virtual time, so nothing waits; but a machine busy with other tests takes its time.
describe('scenarios', { timeout: 120_000 }, () => {
  it.each(rooms)(
    '$scenario of $peers: all finish, as soon as in base.json and with as little waste',
    (room) => {
      const change = changeOf(figuresOfRoom(room, base), run(room))
      if (change !== null)
        expect.fail(
          `${change}\nIf that is meant, or for the better: npm run sim:record, and commit base.json.`,
        )
    },
  )

  it('a hidden tab slows a crowd by no more than a tenth', () => {
    const [open, hidden] = (['flashCrowd', 'hiddenTab'] as const).map((scenario) =>
      meanRatio(run({ scenario, peers: 7, seeds: 3 })),
    )
    expect(hidden).toBeLessThan(1.1 * (open ?? 0))
  })

  it('the same seed gives the same run', () => {
    const [once, again] = [1, 1].map((seed) => scenarios.churn.run(8, seed, checkEvery(100)))
    expect(once).toEqual(again)
    expect(scenarios.churn.run(8, 2, checkEvery(100))).not.toEqual(once)
  })
})

/** A receiver in the midst of a download, its state open to meddling. */
function midway(): { world: World; peer: VirtualPeer; share: ShareState; open: OpenPiece } {
  const access = { upBytesPerSecond: 1e6, downBytesPerSecond: 1e7, delayMs: 10 }
  const pieceSizeBytes = 4 * limits.blockSizeBytes
  const world = new World({ seed: 1, sizeBytes: 20 * pieceSizeBytes, pieceSizeBytes })
  const [source, peer] = [world.addPeer(access), world.addPeer(access)]
  world.linkEveryone()
  world.offer(source, 1e9)
  world.run(1000)
  world.input(peer, { type: 'downloadAsked', share: world.share })
  const share = peer.swarm.inspect(world.share)
  if (!share) throw new Error('the share is known')
  world.run(3000, () => share.held.count > 2 && [...share.open.values()].some(isBegun))
  const open = [...share.open.values()].find(isBegun)
  if (!open) throw new Error('some piece is begun')
  return { world, peer, share, open }
}

describe('invariants', () => {
  it('hold midway', () => {
    const { world, peer } = midway()
    expect(() => checkInvariants(world, peer)).not.toThrow()
  })

  const meddlings: [keyof typeof invariants, string, (share: ShareState, open: OpenPiece) => void][] = [
    ['onlyCheckedPiecesAreHeld', 'a piece held unchecked', (share, { piece }) => share.held.add(piece)],
    ['openPiecesAddUp', 'a wrong count of missing blocks', (_, open) => open.missingCount++],
    ['openPiecesAddUp', 'a wrong count of awaited blocks', (_, open) => open.awaitedCount--],
    ['openPiecesAddUp', 'a piece marked held', (share, { piece }) => (share.stage[piece] = stages.held)],
    ['openPiecesAddUp', 'a piece marked open', (share) => (share.stage[lacking(share)] = stages.open)],
    ['wantedPiecesAddUp', 'a piece not wanted', (share) => share.ledger.unwant(lacking(share))],
    ['wantedPiecesAddUp', 'an open piece wanted', (share, { piece }) => share.ledger.want(piece)],
    ['requestsAreWithinLimits', 'too many copies', (_, open) => repeatRequest(open, limits.endGameCopiesMax)],
    ['requestsAreWithinLimits', 'too much asked ahead', (share, open) => spreadRequests(share, open)],
    ['requestsAreWithinLimits', 'a peer gone', (share) => share.ledger.holdings.clear()],
    ['memoryIsWithinLimits', 'a piece not counted', (share, { piece }) => share.open.delete(piece)],
    ['carriedIsWithinLimits', 'a piece of our own passed on', (share) => (share.carrying = carryingOf(0))],
    ['somebodyIsAsked', 'nobody asked', (share) => share.open.clear()],
  ]

  it.each(meddlings)('%s fails on %s', (name, _, meddle) => {
    const { world, peer, share, open } = midway()
    meddle(share, open)
    expect(() => invariants[name](share, peer)).toThrow('Bug:')
    expect(() => checkInvariants(world, peer)).toThrow('Bug:')
  })

  it('checkRest fails on what is left', () => {
    const { world } = midway()
    expect(() => checkRest(world)).toThrow('are left at rest')
  })
})

const carryingOf = (piece: number): Carrying => ({
  here: new Set([piece]),
  wantedBy: new Map(),
  news: new Set(),
})
const isBegun = (open: OpenPiece): boolean => open.awaitedCount > 0 && open.missingCount < open.awaitedCount
const lacking = (share: ShareState): number => share.stage.indexOf(stages.lacking)

function repeatRequest(open: OpenPiece, times: number): void {
  for (const { requests } of open.blocks)
    requests.push(...Array.from({ length: times }, () => requests).flat())
}

function spreadRequests(share: ShareState, open: OpenPiece): void {
  const requests = open.blocks.flatMap((block) => block.requests).slice(0, 1)
  const ahead = limits.requestedAheadMaxBytes / limits.blockSizeBytes
  for (let piece = share.pieceCount; piece <= share.pieceCount + ahead; piece++)
    share.open.set(piece, { ...open, piece, blocks: [{ here: false, requests }] })
}
