import { beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { ok } from '../shared/result.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { openMemoryStore } from '../store/memoryStore.ts'
import type { PieceStore } from '../store/pieceStore.ts'
import { hashesOf, hashOf, listOf, signParts } from '../swarm/testing/lists.ts'
import { Machine, newManifest, range } from '../swarm/testing/swarmWorld.ts'
import type { Attached } from './engine.ts'
import { OwnFiles } from './ownFiles.ts'

const pieces = 6
const manifest = newManifest(pieces)
const { share } = manifest

/** A turn of the event loop, in which all that memory does is done. */
const aTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

let clock: MemoryClock
let machine: Machine
let ownFiles: OwnFiles
let attached: Attached | null
let told: string[]
beforeEach(() => {
  clock = new MemoryClock()
  machine = new Machine()
  attached = null
  told = []
  const memory = openMemoryStore({
    sha256: async () => new Uint8Array(32),
    limitBytes: limits.memoryStoreMaxBytes,
    bugFound: () => undefined,
  })
  const store: PieceStore = { ...memory, hashPiece: async (_, piece) => ok(hashOf(piece)) }
  ownFiles = new OwnFiles({
    clock,
    store,
    swarm: machine.swarm,
    log: () => undefined,
    listener: {
      sourceChanged: () => void told.push('changed'),
      sourceUnreadable: () => void told.push('unreadable'),
    },
    handle: (input) => {
      for (const effect of machine.feed(input)) if (effect.type === 'report') ownFiles.reported(effect.report)
      ownFiles.rested()
    },
  })
})

/** Bob's share, whose list is known so far, and files here that look like it, hashed to the end. */
async function attachTo(listedCount: number): Promise<string> {
  const bob = machine.holder(manifest, range(pieces))
  machine.tellList(bob, manifest, listOf(manifest, 1))
  void ownFiles.attach(manifest, [new File([], 'a')]).then((came) => (attached = came))
  await aTurn()
  machine.tellList(bob, manifest, listOf(manifest, listedCount).slice(1))
  ownFiles.rested()
  await aTurn()
  return bob
}

async function pass(spanMs: number): Promise<void> {
  clock.advanceTo(clock.now() + spanMs)
  await aTurn()
}

describe('files that look like a share of the room', () => {
  it('S19 are it, when the whole list says so', async () => {
    await attachTo(pieces)
    expect(attached).toBe('ended')
    expect(machine.swarm.snapshot(share)?.state).toBe('complete')
  })

  it('S19 wait for a list that ends before them, as long as it grows', async () => {
    await attachTo(3)
    expect(attached).toBeNull()
    await pass(limits.listWaitMs - 1)
    const [bob = machine.peer] = machine.swarm.inspect(share)?.ledger.holdings.keys() ?? []
    machine.tellList(bob, manifest, listOf(manifest, 5, [1, 3]).slice(2))
    await pass(1)
    await pass(limits.listWaitMs - 1)
    expect(attached).toBeNull()
    machine.tellList(bob, manifest, listOf(manifest, pieces, [1, 3, 5]).slice(3))
    ownFiles.rested()
    await aTurn()
    expect(attached).toBe('ended')
    expect(clock.nextAt()).toBeNull()
  })

  it('S19 are a share of their own when it grows no more; what is listed is held all the same', async () => {
    await attachTo(3)
    await pass(limits.listWaitMs)
    expect(attached).toBeNull()
    await pass(limits.listWaitMs)
    expect(attached).toBe('unlisted')
    expect(machine.swarm.snapshot(share)?.heldCount).toBe(3)
  })

  it('S19 are another share when the list says so, however late', async () => {
    const bob = machine.holder(manifest, range(pieces))
    const other = signParts(manifest, Uint8Array.from([...hashesOf(0, 1), ...hashesOf(51, 56)]))
    machine.tellList(bob, manifest, other.slice(0, 1))
    void ownFiles.attach(manifest, [new File([], 'a')]).then((came) => (attached = came))
    await aTurn()
    for (const part of other.slice(1))
      for (const effect of machine.hear(bob, { type: 'hashes', share, part }))
        if (effect.type === 'report') ownFiles.reported(effect.report)
    ownFiles.rested()
    await aTurn()
    expect(attached).toBe('differs')
  })
})

describe('files that were offered', () => {
  it('S19 are said to be changed once, however many blocks are then asked for in vain', async () => {
    await ownFiles.offer(manifest, [new File([], 'a')])
    for (let block = 0; block < 3; block++) ownFiles.failed(share, { code: 'sourceChanged' })
    expect(told).toEqual(['changed'])
    expect(machine.swarm.inspect(share)?.source).toBe('lost')
  })

  it('S19 that cannot be read from the beginning are said to be unreadable', () => {
    machine.feed({ type: 'shareOffered', manifest })
    ownFiles.failed(share, { code: 'broken', detail: 'no file' })
    expect(told).toEqual(['unreadable'])
  })
})
