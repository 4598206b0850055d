import { base64UrlFromBytes } from '../../shared/bytes.ts'
import { idBytes, type RoomSecret } from '../../shared/ids.ts'
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
import { openRooms } from '../rooms.ts'
import { storeFolder, sweepTabs } from '../tabFolders.ts'

// Runs inside a browser page; a test drives it from outside.

const nothing = (): void => undefined

async function openFreshStore(bugFound: (error: unknown) => void = nothing): Promise<PieceStore> {
  const tab = base64UrlFromBytes(crypto.getRandomValues(new Uint8Array(idBytes)))
  const opened = await openOpfsStore(tab, { bugFound, log: nothing })
  if (!opened.ok) throw new Error(opened.fault)
  return opened.value
}

const openPageStore = (room: string, tab: string | null, log: Log) =>
  openStore({ room, tab, sha256, openOpfs: openOpfsStore, listener: { bugFound: nothing, log } })

/** The same in every page. */
const kept = sample(3 * pieceSizeBytes)

/** As a disk does that lost its power while it was written to. */
async function spoil(tab: string, atBytes: number): Promise<void> {
  const root = await navigator.storage.getDirectory()
  const folder = await (await root.getDirectoryHandle(storeFolder)).getDirectoryHandle(tab)
  const writable = await (await folder.getFileHandle(kept.share)).createWritable({ keepExistingData: true })
  const lastPageBytes = 4096
  await writable.write({ type: 'write', position: lastPageBytes + atBytes, data: new Uint8Array(8) })
  await writable.close()
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
  /** Somebody was in the room then. */
  async seen({ room, openedMs }: { room: string; openedMs: number }) {
    const rooms = await openRooms()
    await rooms.opened({ room, secret: 'AAAAAAAAAAAAAAAAAAAAAA' as RoomSecret, openedMs })
    rooms.close()
  },
  /** Opens the page's own store where the browser refuses its databases, and lists whose folders are there afterwards. */
  async refused() {
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = () => {
      throw new DOMException('refused', 'SecurityError')
    }
    const { store } = await openPageStore('another', null, nothing)
    IDBFactory.prototype.open = open
    await store.close()
    const root = await navigator.storage.getDirectory()
    const folders: string[] = []
    for await (const name of (await root.getDirectoryHandle(storeFolder)).keys()) folders.push(name)
    return { folders }
  },
  /** Opens the page's own store as the app does, and keeps a share in it. `openedMs`: when the room was last opened. */
  async open({ room, before, openedMs }: { room: string; before: string | null; openedMs: number }) {
    await opfsContract.seen({ room, openedMs })
    const said: string[] = []
    const log: Log = (_level, what) => said.push(what)
    const { store, index, tab, withoutDisk } = await openPageStore(room, before, log)
    const found = (await index.ofTab(tab)).map(({ share }) => share)
    await keepAll(store, kept)
    await index.put({ ...recordOf(tab, kept.share), updatedMs: openedMs })
    return { kind: store.kind, tab, withoutDisk, said, found }
  },
  /** What of the share that `open` keeps the next page finds right; one byte on the disk may be changed meanwhile. */
  async goOn({ room, spoiltAt }: { room: string; spoiltAt: number | null }) {
    const { store, tab } = await openPageStore(room, null, nothing)
    if (spoiltAt !== null) await spoil(tab, spoiltAt)
    const marks = value(await store.restore(kept.share, kept.geometry))
    const checked: string[] = []
    for (let piece = 0; piece < marks.length; piece++) {
      const result = await store.recheckPiece(kept.share, piece, await sha256(pieceOf(kept, piece)))
      checked.push(result.ok ? result.value : result.fault.code)
    }
    const first = await store.read(kept.share, 0, 0, 1)
    await store.close()
    return { marks: [...marks], checked, firstByte: first.ok ? first.value[0] : null }
  },
  /** Which store this page gets, and why not the other. */
  async kind() {
    const said: LogDetail[] = []
    const log: Log = (_level, _what, detail = {}) => said.push(detail)
    const { store, withoutDisk } = await openPageStore('room', null, log)
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
    const rooms = await openRooms()
    await sweepTabs(index, rooms, Date.now())
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(storeFolder)
    const folders: string[] = []
    for await (const name of folder.keys()) folders.push(name)
    const records = (await index.list()).map((record) => record.tab)
    const known = (await rooms.list()).map(({ room }) => room)
    rooms.close()
    index.close()
    return { folders: folders.toSorted(), records: records.toSorted(), rooms: known.toSorted() }
  },
  /** Keeps pieces until the quota, set from outside, is used up; then frees a share and tries the piece again. */
  async fill(setQuota: (bytes: number) => Promise<void>): Promise<string[]> {
    const store = await openFreshStore()
    const [small, file] = [sample(4 * pieceSizeBytes), sample(64 * pieceSizeBytes)]
    value(await store.create(small.share, small.geometry))
    value(await store.create(file.share, file.geometry))
    await setQuota(12 * pieceSizeBytes)
    await keepPiece(store, small, 3)
    const codes: string[] = []
    for (let piece = 0; piece < 64 && codes.length === 0; piece++) {
      putPiece(store, file, piece)
      const hash = await sha256(pieceOf(file, piece))
      const checked = await store.checkPiece(file.share, piece, hash)
      if (checked.ok) continue
      codes.push(checked.fault.code)
      await store.remove(small.share)
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
