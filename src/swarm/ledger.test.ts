import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bitfield, runsOf } from './bitfield.ts'
import { addHashes, hashAt } from './hashList.ts'
import { Ledger } from './ledger.ts'
import { newShareState } from './state.ts'
import { bitsOf, hashesOf, hashOf, newManifest, newPeerId } from './testing/swarmWorld.ts'

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

describe('ledger', () => {
  it('counts copies as if every bitfield, have, loss and farewell were counted anew', () => {
    const step = fc.record({
      peer: fc.nat({ max: 2 }),
      what: fc.constantFrom('bitfield', 'have', 'lost', 'left'),
      pieces: somePieces,
    })
    const peers = [newPeerId(), newPeerId(), newPeerId()]
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const ledger = new Ledger(pieceCount)
        const model = new Map<string, Set<number>>()
        for (const { peer: at, what, pieces } of steps) {
          const peer = peers[at] ?? newPeerId()
          if (what === 'bitfield') {
            ledger.setHolding(peer, fieldOf(pieces))
            model.set(peer, new Set(pieces))
          } else if (what === 'have') {
            const before = model.get(peer)?.size ?? 0
            const added = ledger.addHave(peer, runsOf(pieces))
            for (const piece of pieces) model.get(peer)?.add(piece)
            expect(added).toBe((model.get(peer)?.size ?? 0) - before)
          } else if (what === 'lost') {
            for (const piece of pieces) {
              ledger.takeBack(peer, piece)
              model.get(peer)?.delete(piece)
            }
          } else {
            ledger.removePeer(peer)
            model.delete(peer)
          }
        }
        const copies = [...Array(pieceCount).keys()].map(
          (piece) => [...model.values()].filter((held) => held.has(piece)).length,
        )
        expect([...ledger.copies]).toEqual(copies)
        expect(ledger.reachableCount).toBe(copies.filter((count) => count > 0).length)
        expect(ledger.fullCount()).toBe([...model.values()].filter((held) => held.size === pieceCount).length)
      }),
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

describe('hash list', () => {
  it('grows without gaps, and does not change its mind', () => {
    const share = newShareState(newManifest(9))
    expect(addHashes(share, 2, hashesOf(2, 3))).toBe('gap')
    expect(addHashes(share, 0, hashesOf(0, 3))).toBe('added')
    expect(addHashes(share, 1, hashesOf(1, 3))).toBe('known')
    expect(addHashes(share, 1, hashesOf(1, 7))).toBe('added')
    expect(addHashes(share, 6, hashesOf(5, 7))).toBe('conflict')
    expect(addHashes(share, 7, hashesOf(7, 10))).toBe('beyond')
    expect(addHashes(share, 2 ** 31, hashesOf(0, 1))).toBe('beyond')
    expect(share.hashCount).toBe(7)
    expect(hashAt(share, 6)).toEqual(hashOf(6))
    expect(hashAt(share, 7)).toBeNull()
  })

  it('takes no memory before hashes come, and then about as much as they need', () => {
    const share = newShareState(newManifest(200_000))
    expect(share.hashes).toHaveLength(0)
    addHashes(share, 0, hashesOf(0, 1000))
    addHashes(share, 1000, hashesOf(1000, 1001))
    expect(share.hashes.length).toBeLessThanOrEqual(2 * 1001 * 32)
  })
})
