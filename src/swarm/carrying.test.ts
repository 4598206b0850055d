import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import type { Manifest } from './manifest.ts'
import { newManifest, SwarmWorld, type Machine } from './testing/swarmWorld.ts'

/** Alice and bob can both reach carol, and not each other. */
function apart(pieces = 40, change: Partial<Manifest> = {}) {
  const world = new SwarmWorld(3, 1)
  const [alice, carol, bob] = world.machines as [Machine, Machine, Machine]
  world.meet(alice, carol)
  world.meet(carol, bob)
  const manifest = newManifest(pieces, change)
  world.offer(alice, manifest)
  return { world, alice, carol, bob, manifest, share: manifest.share }
}

describe('smoke', () => {
  it('works', () => {
    const { world, alice, carol, bob, share } = apart()
    world.run(3000)
    world.feed(bob, { type: 'downloadAsked', share })
    world.run(10000)
    expect(bob.swarm.snapshot(share)?.state).toBe('complete')
    console.log(carol.swarm.snapshot(share), world.reports.map(({machine, ...r})=>r))
  })
})
