import { base64UrlFromBytes } from '../../shared/bytes.ts'
import { idBytes } from '../../shared/ids.ts'
import { storeFolder } from '../tabFolders.ts'
import { openOpfsStore } from '../opfsStore.ts'
import { openStore } from '../openStore.ts'
import type { Log, LogDetail } from '../../shared/log.ts'
import type { PieceStore } from '../pieceStore.ts'
import { pieceStoreContract } from './pieceStoreContract.ts'
import {
  keepAll,
  keepPiece,
  pieceOf,
  pieceSizeBytes,
  putPiece,
  sample,
  sha256,
  value,
} from './pieceStoreSamples.ts'
import { openShareIndex } from '../shareIndex.ts'
import { shareIndexContract, recordOf } from './shareIndexContract.ts'
import { sweepDeadTabs } from '../tabFolders.ts'

// Runs inside a browser page; a test drives it from outside.

const nothing = (): void => undefined

async function openFreshStore(bugFound: (error: unknown) => void = nothing): Promise<PieceStore> {
  const tab = base64UrlFromBytes(crypto.getRandomValues(new Uint8Array(idBytes)))
  const opened = await openOpfsStore(tab, { bugFound, log: nothing })
  if (!opened.ok) throw new Error(opened.fault)
  return opened.value
}

const opfsContract = {
  names: pieceStoreContract.map(({ name }) => name),
  /** Null when the case holds, else what went wrong. */
  async run(name: string): Promise<string | null> {
    try {
      await pieceStoreContract.find((one) => one.name === name)?.run(() => openFreshStore())
      return null
    } catch (error) {
      return String(error)
    }
  },
  /** The same for the index, which pages of one origin share. */
  async runIndex(name: string): Promise<string | null> {
    try {
      await shareIndexContract.find((one) => one.name === name)?.run(openShareIndex)
      return null
    } catch (error) {
      return String(error)
    }
  },
  /** Opens the page's own store as the app does, and keeps a share in it. */
  async open() {
    const said: string[] = []
    const log: Log = (_level, what) => said.push(what)
    const { store, index, tab, withoutDisk } = await openStore('room', sha256, openOpfsStore, {
      bugFound: nothing,
      log,
    })
    const file = sample(pieceSizeBytes)
    await keepAll(store, file)
    await index.put({ ...recordOf(tab, file.share), updatedMs: 5 })
    return {
      kind: store.kind,
      tab,
      withoutDisk,
      said,
      found: (await index.list()).find((record) => record.tab === tab),
    }
  },
  /** Which store this page gets, and why not the other. */
  async kind() {
    const said: LogDetail[] = []
    const log: Log = (_level, _what, detail = {}) => said.push(detail)
    const { store, withoutDisk } = await openStore('room', sha256, openOpfsStore, { bugFound: nothing, log })
    return { kind: store.kind, withoutDisk, said }
  },
  /** What the page hears of bugs in the worker: one in a call that nobody waits for, one in a call that is answered. */
  async bugs() {
    const bugs: { message: string; stack: string }[] = []
    const store = await openFreshStore((error) => {
      if (error instanceof Error) bugs.push({ message: error.message, stack: error.stack ?? '' })
    })
    const file = sample(pieceSizeBytes)
    value(await store.create(file.share, file.geometry))
    store.putBlock(file.share, 0, 1, new Uint8Array(1))
    const checked = await store.checkPiece(file.share, 0, new Uint8Array(32))
    await keepPiece(store, file, 0)
    await store.close()
    return { bugs, answer: checked.ok ? checked.value : checked.fault.code }
  },
  /** Sweeps as every start does, and lists whose folders and records remain. */
  async sweep() {
    const index = await openShareIndex()
    await sweepDeadTabs(index)
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(storeFolder)
    const folders: string[] = []
    for await (const name of folder.keys()) folders.push(name)
    const records = (await index.list()).map((record) => record.tab)
    index.close()
    return { folders: folders.toSorted(), records: records.toSorted() }
  },
  /** Keeps pieces until the quota, set from outside, is used up; then frees a share and tries the piece again. */
  async fill(setQuota: (bytes: number) => Promise<void>): Promise<string[]> {
    const store = await openFreshStore()
    const [kept, file] = [sample(4 * pieceSizeBytes), sample(64 * pieceSizeBytes)]
    value(await store.create(kept.share, kept.geometry))
    value(await store.create(file.share, file.geometry))
    await setQuota(12 * pieceSizeBytes)
    await keepPiece(store, kept, 3)
    const codes: string[] = []
    for (let piece = 0; piece < 64 && codes.length === 0; piece++) {
      putPiece(store, file, piece)
      const hash = await sha256(pieceOf(file, piece))
      const checked = await store.checkPiece(file.share, piece, hash)
      if (checked.ok) continue
      codes.push(checked.fault.code)
      await store.remove(kept.share)
      const again = await store.checkPiece(file.share, piece, hash)
      codes.push(again.ok ? again.value : again.fault.code)
    }
    await store.close()
    return codes
  },
  /** Attaches the file picked in the page's input, reads of it, and reads again after `change` was called. */
  async readWhileItChanges(change: () => Promise<void>): Promise<string[]> {
    const [file] = document.querySelector('input')?.files ?? []
    if (file === undefined) return ['no file picked']
    const store = await openFreshStore()
    const of = { ...sample(0), geometry: { sizeBytes: file.size, pieceSizeBytes } }
    value(await store.attach(of.share, of.geometry, [file]))
    const before = await store.hashPiece(of.share, 0)
    await change()
    const lastPiece = Math.floor((file.size - 1) / pieceSizeBytes)
    const after = await store.read(of.share, lastPiece, 0, 1)
    await store.close()
    return [before.ok ? 'read' : before.fault.code, after.ok ? 'read' : after.fault.code]
  },
}

export type OpfsContract = typeof opfsContract
Object.assign(globalThis, { opfsContract })
