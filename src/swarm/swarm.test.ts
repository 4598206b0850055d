import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { hashesOf } from './testing/lists.ts'
import {
  lengthOfPiece,
  Machine,
  newManifest,
  newPeerId,
  ordered,
  range,
  sentTo,
  SwarmWorld,
} from './testing/swarmWorld.ts'

const aMinuteMs = 60_000
const atRest = { openBytes: 0, aheadBytes: 0, queuedBytes: 0, carriedBytes: 0 }

/** Alice, bob and carol, all linked. */
function threeLinked() {
  const world = new SwarmWorld(3)
  const [alice, bob, carol] = world.machines as [Machine, Machine, Machine]
  world.link(alice, bob)
  world.link(alice, carol)
  world.link(bob, carol)
  return { world, alice, bob, carol }
}

const stateAt = (machine: Machine): string | undefined => machine.swarm.shares()[0]?.state

function waiting() {
  const alice = new Machine()
  const manifest = newManifest(1)
  const bob = alice.holder(manifest, [0])
  alice.download(manifest, bob, hashesOf(0, 1))
  alice.pass(limits.announceBatchMs)
  return { alice, bob }
}

describe('the clock', () => {
  it('S23 a timer that goes off early is set again', () => {
    const { alice } = waiting()
    const due = alice.wakeAt
    alice.now = due - 1
    expect(ordered(alice.feed({ type: 'woke' }), 'wakeAt')).toMatchObject([{ at: due }])
  })

  it('S23 a timer that goes off late does what was due, once', () => {
    const { alice } = waiting()
    alice.now += limits.requestTimeoutMs
    const first = alice.feed({ type: 'woke' })
    expect(ordered(first, 'wakeAt')).toHaveLength(1)
    expect(first.filter(({ type }) => type === 'send')).toHaveLength(2)
    expect(alice.feed({ type: 'woke' }).filter(({ type }) => type === 'send')).toEqual([])
  })

  it('S23 whatever is heard, haves that are due go out, though no timer goes off', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifest = newManifest(3)
    alice.offer(manifest, 2)
    alice.now += limits.announceBatchMs
    expect(sentTo(alice.hash(manifest, 2), bob, 'have')).toHaveLength(1)
    expect(sentTo(alice.feed({ type: 'woke' }), bob, 'have')).toEqual([])
  })

  it('S23 whatever is heard, requests that are overdue go elsewhere, though no timer goes off', () => {
    const { alice, bob } = waiting()
    alice.now += limits.requestTimeoutMs
    const effects = alice.feed({ type: 'peerLinked', peer: newPeerId() })
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
  })

  it('S23 whatever is heard, blocks that the upload limit held back go out, though no timer goes off', () => {
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(2)
    alice.offer(manifest)
    const bob = alice.link()
    alice.room(bob, 2)
    const blocks = range(2).map((piece) => ({ piece, block: 0 }))
    const asked = alice.hear(bob, { type: 'request', share: manifest.share, blocks })
    expect(ordered(asked, 'uploadBlock')).toHaveLength(1)
    alice.now += 1000
    expect(ordered(alice.feed({ type: 'peerLinked', peer: newPeerId() }), 'uploadBlock')).toHaveLength(1)
  })

  it('S23 a timer that goes off for nothing does nothing', () => {
    const alice = new Machine()
    expect(alice.feed({ type: 'woke' })).toEqual([])
  })

  it('S23 a machine at rest sleeps', () => {
    const { alice, bob } = waiting()
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.pass(aMinuteMs)
    expect(alice.wakeAt).toBe(Infinity)
  })
})

describe('together', () => {
  it('everyone gets a share that is still being hashed, and all come to rest', () => {
    const { world, alice, bob, carol } = threeLinked()
    const manifest = newManifest(50, { sizeBytes: 50 * limits.blockSizeBytes - 7 })
    const { share } = manifest
    world.offer(alice, manifest, 0)
    world.run(100)
    for (const machine of [bob, carol]) world.feed(machine, { type: 'downloadAsked', share })
    for (const piece of range(50)) {
      world.run(30)
      world.hash(alice, manifest, piece)
    }
    world.run(aMinuteMs)
    expect([bob, carol].map(stateAt)).toEqual(['complete', 'complete'])
    expect(bob.swarm.shares()[0]?.heldPayloadBytes).toBe(manifest.sizeBytes)
    expect(lengthOfPiece(manifest, 49)).toBe(limits.blockSizeBytes - 7)
    for (const machine of world.machines) {
      expect(machine.swarm.load()).toEqual(atRest)
      expect(machine.wakeAt).toBe(Infinity)
    }
  })

  it('S12 a download waits when the source is gone, and goes on when the same file is dropped again', () => {
    const { world, alice, bob, carol } = threeLinked()
    const manifest = newManifest(30)
    const { share } = manifest
    world.offer(alice, manifest, 20)
    world.run(100)
    world.feed(bob, { type: 'downloadAsked', share })
    world.run(aMinuteMs)
    world.feed(bob, { type: 'pauseAsked', share })
    for (const piece of range(30).slice(20)) world.hash(alice, manifest, piece)
    world.run(aMinuteMs)
    world.unlink(alice, bob)
    world.unlink(alice, carol)
    world.feed(bob, { type: 'resumeAsked', share })
    world.run(aMinuteMs)
    expect(bob.swarm.shares()[0]).toMatchObject({ state: 'downloading', heldCount: 20 })
    expect(bob.swarm.load()).toEqual(atRest)
    world.feed(carol, { type: 'sourceAttached', share })
    for (const piece of range(30)) world.hash(carol, manifest, piece)
    world.run(aMinuteMs)
    expect([bob, carol].map(stateAt)).toEqual(['complete', 'complete'])
  })

  it('S19 where the origin left before it had signed all, the same file completes nothing: nobody can vouch for the rest', () => {
    const { world, alice, bob, carol } = threeLinked()
    const manifest = newManifest(30)
    const { share } = manifest
    world.offer(alice, manifest, 20)
    world.run(100)
    world.feed(bob, { type: 'downloadAsked', share })
    world.run(aMinuteMs)
    world.unlink(alice, bob)
    world.unlink(alice, carol)
    world.feed(carol, { type: 'sourceAttached', share })
    for (const piece of range(30)) world.hash(carol, manifest, piece)
    world.run(aMinuteMs)
    for (const machine of [bob, carol]) expect(machine.swarm.snapshot(share)?.heldCount).toBe(20)
    expect(world.reports.filter(({ type }) => type === 'peerMisbehaved')).toEqual([])
  })

  it('two downloads at once, a thousand small shares among them, all complete', () => {
    const { world, alice, bob } = threeLinked()
    const manifests = [newManifest(60), ...range(1000).map(() => newManifest(1, { sizeBytes: 100 }))]
    for (const manifest of manifests) world.offer(alice, manifest)
    world.run(100)
    for (const { share } of manifests) world.feed(bob, { type: 'downloadAsked', share })
    world.run(aMinuteMs)
    expect(bob.swarm.shares().filter(({ state }) => state !== 'complete')).toEqual([])
  })

  it('S12 a link lost and found again loses nothing', () => {
    const { world, alice, bob } = threeLinked()
    const manifest = newManifest(100)
    world.offer(alice, manifest)
    world.run(100)
    world.feed(bob, { type: 'downloadAsked', share: manifest.share })
    world.unlink(alice, bob)
    world.run(1000)
    world.link(alice, bob)
    world.run(aMinuteMs)
    expect(stateAt(bob)).toBe('complete')
    expect(bob.swarm.load()).toEqual(atRest)
  })
})
