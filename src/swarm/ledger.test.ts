import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { Bitfield, runsOf } from './bitfield.ts'
import { Ledger } from './ledger.ts'
import { bitsOf, newPeerId } from './testing/swarmWorld.ts'
import { randomCommonPiece } from './wantedPieces.ts'

const pieceCount = 77
const somePieces = fc.uniqueArray(fc.nat({ max: pieceCount - 1 }))

function fieldOf(pieces: readonly number[]): Bitfield {
  const field = Bitfield.parse(pieceCount, bitsOf(pieceCount, pieces))
  if (!field) throw new Error('the bits are right')
  return field
}

describe('bitfield', () => {
  it('keeps a set of pieces and its size', () => {
    fc.assert(
      fc.property(somePieces, somePieces, (added, deleted) => {
        const field = new Bitfield(pieceCount)
        const model = new Set<number>()
        for (const piece of added)
          expect(field.add(piece)).toBe(!model.has(piece) && model.add(piece).size > 0)
        for (const piece of deleted) expect(field.delete(piece)).toBe(model.delete(piece))
        expect(field.count).toBe(model.size)
        const parsed = Bitfield.parse(pieceCount, field.bytes)
        expect(parsed).toEqual(field)
        expect([...Array(pieceCount).keys()].filter((piece) => field.has(piece))).toEqual(
          [...model].toSorted((a, b) => a - b),
        )
      }),
    )
  })

  it('W6 refuses another length, and bits beyond the last piece', () => {
    expect(Bitfield.parse(9, new Uint8Array(1))).toBeNull()
    expect(Bitfield.parse(9, new Uint8Array(3))).toBeNull()
    expect(Bitfield.parse(9, Uint8Array.of(0, 0b0100_0000))).toBeNull()
    expect(Bitfield.parse(9, Uint8Array.of(0, 0b1000_0000))?.count).toBe(1)
    expect(Bitfield.parse(0, new Uint8Array(0))?.full).toBe(true)
  })

  it('covers exactly the pieces with runs, in order and apart', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 })), (pieces) => {
        const runs = runsOf(pieces)
        const covered = runs.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at))
        expect(covered).toEqual([...new Set(pieces)].toSorted((a, b) => a - b))
        for (const [at, [first]] of runs.entries()) {
          const [before, count] = runs[at - 1] ?? [-2, 1]
          expect(first).toBeGreaterThan(before + count)
        }
      }),
    )
  })
})

const everyPiece = [...Array(pieceCount).keys()]
const peers = [newPeerId(), newPeerId(), newPeerId()]
const stepsOfPeers = ['bitfield', 'have', 'lost', 'left', 'promised'] as const
type Step = (typeof stepsOfPeers)[number] | 'held' | 'letGo' | 'wanted' | 'begun' | 'fetching' | 'resting'

function takeStep(ledger: Ledger, peer: PeerId, what: Step, pieces: readonly number[]): void {
  if (what === 'bitfield') ledger.setHolding(peer, fieldOf(pieces))
  else if (what === 'have') ledger.addHave(peer, runsOf(pieces))
  else if (what === 'left') ledger.removePeer(peer)
  else if (what === 'letGo') ledger.letGo()
  else if (what === 'fetching') ledger.startWanting()
  else if (what === 'resting') ledger.stopWanting()
  for (const piece of pieces) {
    if (what === 'lost') ledger.takeBack(peer, piece)
    else if (what === 'promised') ledger.promise(peer, piece)
    else if (what === 'held') ledger.hold(piece)
    else if (what === 'wanted') ledger.want(piece)
    else if (what === 'begun') ledger.unwant(piece)
  }
}

/** What the ledger should come to, by looking over every piece of everyone. */
class LedgerModel {
  readonly holdings = new Map<PeerId, Set<number>>()
  readonly held = new Set<number>()
  promised = new Set<number>()
  wanted: Set<number> | null = null

  takeStep(peer: PeerId, what: Step, pieces: readonly number[]): void {
    const own = this.holdings.get(peer)
    if (what === 'bitfield') this.holdings.set(peer, new Set(pieces))
    else if (what === 'left') this.holdings.delete(peer)
    else if (what === 'letGo') this.held.clear()
    else if (what === 'fetching') this.wanted = new Set()
    else if (what === 'resting') this.wanted = null
    for (const piece of pieces) {
      if (what === 'have') own?.add(piece)
      else if (what === 'lost') own?.delete(piece)
      else if (what === 'promised' && own?.has(piece) === true && this.copiesOf(piece) === 1)
        this.promised.add(piece)
      else if (what === 'held') this.held.add(piece)
      else if (what === 'wanted') this.wanted?.add(piece)
      if (what === 'begun' || what === 'held') this.wanted?.delete(piece)
    }
    this.promised = new Set([...this.promised].filter((piece) => this.copiesOf(piece) === 1))
  }

  copiesOf(piece: number): number {
    return [...this.holdings.values()].filter((held) => held.has(piece)).length
  }

  commonness(piece: number): number {
    return this.copiesOf(piece) + (this.promised.has(piece) ? 1 : 0)
  }

  /** By a scan of all pieces: the wanted ones the peer holds of which there are fewest. */
  rarestOf(held: ReadonlySet<number>): number[] {
    const some = [...held].filter((piece) => this.wanted?.has(piece) === true)
    const fewest = Math.min(...some.map((piece) => this.commonness(piece)))
    return some.filter((piece) => this.commonness(piece) === fewest).toSorted((a, b) => a - b)
  }

  expectSame(ledger: Ledger): void {
    const copies = everyPiece.map((piece) => this.copiesOf(piece))
    expect([...ledger.copies]).toEqual(copies)
    expect(everyPiece.map((piece) => ledger.commonness(piece))).toEqual(
      everyPiece.map((piece) => this.commonness(piece)),
    )
    expect(ledger.reachableCount).toBe(copies.filter((count) => count > 0).length)
    expect(ledger.roomCount).toBe(
      everyPiece.filter((piece) => this.held.has(piece) || (copies[piece] ?? 0) > 0).length,
    )
    expect(everyPiece.filter((piece) => ledger.isWanted(piece))).toEqual(
      everyPiece.filter((piece) => this.wanted?.has(piece) === true),
    )
    for (const [peer, held] of this.holdings) {
      const bits = ledger.holdings.get(peer) ?? new Bitfield(pieceCount)
      expect(allPicks(ledger.rarestOf(bits), bits)).toEqual(this.rarestOf(held))
    }
  }
}

/** Every piece that may be picked among the rarest of these, chance being asked for each in turn. */
function allPicks(rarest: Bitfield | null, bits: Bitfield): number[] {
  if (!rarest) return []
  const count = rarest.commonCount(bits)
  return Array.from({ length: count }, (_, at) => {
    const chance = (): number => Math.floor(((at + 0.5) / count) * 2 ** 32)
    return randomCommonPiece(rarest, bits, chance) ?? -1
  })
}

describe('ledger', () => {
  it('S6 counts and sorts as if every bitfield, have, loss, promise, farewell and wish were looked over anew', () => {
    const step = fc.record({
      peer: fc.nat({ max: 2 }),
      what: fc.constantFrom(...stepsOfPeers, 'held', 'letGo', 'wanted', 'begun', 'fetching', 'resting'),
      pieces: somePieces,
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ledger = new Ledger(pieceCount)
        const model = new LedgerModel()
        for (const { peer, what, pieces } of steps) {
          takeStep(ledger, peers[peer] ?? newPeerId(), what, pieces)
          model.takeStep(peers[peer] ?? newPeerId(), what, pieces)
        }
        model.expectSame(ledger)
      }),
      { numRuns: 300 },
    )
  })

  it('a promise makes a piece less rare until a second copy is there', () => {
    const ledger = new Ledger(pieceCount)
    const [bob, carol] = [newPeerId(), newPeerId()]
    ledger.setHolding(bob, fieldOf([3]))
    expect(ledger.promise(carol, 3)).toBe(false)
    expect(ledger.promise(bob, 3)).toBe(true)
    expect(ledger.commonness(3)).toBe(2)
    ledger.setHolding(carol, fieldOf([3]))
    expect(ledger.commonness(3)).toBe(2)
    ledger.removePeer(carol)
    expect(ledger.commonness(3)).toBe(1)
  })
})
