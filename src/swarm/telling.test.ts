import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { a, among, b, d, taken, throughCarol } from './testing/between.ts'

const settleMs = limits.throughSettleMs

describe('who hears of a share through another', () => {
  it('T1 one that cannot be linked with who holds it, and of whom it comes', () => {
    const { bob, carol, alice, share } = among(throughCarol, 3)
    const seen = bob.swarm.snapshot(share)
    expect(seen).toMatchObject({ state: 'offered', otherCopies: 1, reachableCount: 40 })
    expect(seen?.holders).toMatchObject([
      { peer: carol.peer, through: [{ peer: alice.peer, isWhole: true }], heldCount: 40 },
    ])
  })

  it('T1 nobody, while all are linked with each other', () => {
    const { bob, share, world } = among([...throughCarol, [a, b]], 3)
    world.run(10 * settleMs)
    expect(bob.swarm.snapshot(share)?.holders).toMatchObject([{ through: null }])
  })

  it('T1 nobody, from one that does not carry', () => {
    const { bob, share } = among(throughCarol, 3, 40, false)
    expect(bob.swarm.snapshot(share)).toBeNull()
  })

  it('T2 nobody hears of it through two', () => {
    const { bob, dave, share, world } = among([...throughCarol, [b, d]], 4)
    world.run(10 * settleMs)
    expect(bob.swarm.snapshot(share)?.holders).toHaveLength(1)
    expect(dave.swarm.snapshot(share)).toBeNull()
  })

  it('T2 no longer once they are linked, or who holds it is gone', () => {
    const linked = among(throughCarol, 3)
    linked.world.meet(linked.alice, linked.bob)
    linked.world.run(settleMs)
    expect(linked.bob.swarm.snapshot(linked.share)?.holders).toMatchObject([{ peer: linked.alice.peer }])

    const left = among(throughCarol, 3)
    left.world.part(left.alice, left.carol)
    left.world.run(settleMs)
    expect(left.bob.swarm.snapshot(left.share)).toBeNull()
  })

  it('T1 who shares it hears that the other has all of it', () => {
    const { alice, world, share } = taken(throughCarol, 3)
    world.run(60_000)
    expect(alice.swarm.snapshot(share)).toMatchObject({ otherCopies: 1, othersCount: 40 })
  })
})
