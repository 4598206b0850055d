import { describe, expect, it } from 'vitest'
import { pieceSizeFor } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { ok } from '../shared/result.ts'
import { openMemoryStore } from '../store/memoryStore.ts'
import { geometryOf } from '../swarm/manifest.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { encodeTree } from '../swarm/tree.ts'
import { saveFromStore, type SaveWay } from './savingShares.ts'
import { readTreeHere } from './saving/folderTree.ts'

const nothing = (): void => undefined

/** A complete folder share of files of these paths, each of one byte. */
async function folderOf(...paths: string[]) {
  const store = openMemoryStore({
    sha256: () => Promise.reject(new Error('nothing is hashed here')),
    limitBytes: limits.memoryStoreMaxBytes,
    bugFound: nothing,
  })
  const tree = encodeTree(paths.map((path) => ({ path, sizeBytes: 1, modifiedMs: 7 })))
  const manifest = newManifest(1, {
    kind: 'folder',
    name: 'folder',
    sizeBytes: paths.length,
    treeSizeBytes: tree.length,
    fileCount: paths.length,
    pieceSizeBytes: pieceSizeFor(tree.length + paths.length),
  })
  await store.attach(manifest.share, geometryOf(manifest), [
    new File([tree, new Uint8Array(paths.length)], 'all'),
  ])
  return { store, manifest }
}

/** Saves nowhere, and notes which paths it was given. */
function wayTo(saved: string[]): SaveWay {
  return async ({ entries }) => {
    saved.push(...entries.map(({ path }) => path))
    return ok(undefined)
  }
}

describe('a folder to be saved', () => {
  it('is given out with its paths cleaned', async () => {
    const { store, manifest } = await folderOf('../a', 'a', 'b/con')
    const saved: string[] = []
    expect(await saveFromStore(store, manifest, wayTo(saved), nothing)).toEqual(ok(undefined))
    expect(saved).toEqual(['a', 'a (2)', 'b/_con'])
  })

  it.each([1, 3])('is refused when its tree names other than %i files', async (fileCount) => {
    const { store, manifest } = await folderOf('a', 'b')
    const saved: string[] = []
    const outcome = await saveFromStore(store, { ...manifest, fileCount }, wayTo(saved), nothing)
    expect(outcome).toEqual({ ok: false, fault: { code: 'badTree' } })
    expect(saved).toEqual([])
  })

  it('has its tree read by whom the page names', async () => {
    const { store, manifest } = await folderOf('a')
    const trees: number[] = []
    await saveFromStore(store, manifest, wayTo([]), nothing, (tree, folder) => {
      trees.push(tree.length)
      return readTreeHere(tree, folder)
    })
    expect(trees).toEqual([manifest.treeSizeBytes])
  })

  it('is a fault, not a throw, when its files changed before the tree was read', async () => {
    const { store, manifest } = await folderOf('a')
    const changed = new DOMException('changed', 'NotReadableError')
    const outcome = await saveFromStore(store, manifest, wayTo([]), nothing, () => Promise.reject(changed))
    expect(outcome).toEqual({ ok: false, fault: { code: 'unreadable', fault: { code: 'sourceChanged' } } })
  })
})
