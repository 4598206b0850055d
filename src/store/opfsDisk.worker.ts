import type { Bytes } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { pieceCount, type Geometry } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import type { Disk, ShareFile } from './disk.ts'
import { freeBytes } from './freeBytes.ts'
import { holdingOn } from './holdingOn.ts'
import { readMarks } from './tabFolders.ts'

/** Hears of a failure that spoils nobody's call. */
type Note = (what: string, error: unknown) => void

/** Files of one folder in OPFS, each with one sync access handle: opened when needed, closed when idle. */
export function opfsDisk(folder: FileSystemDirectoryHandle, note: Note): Disk {
  const files = new Map<ShareId, OpfsFile>()
  /** Files on their way out: one made anew under the same name waits for its forerunner. */
  const removals = new Map<ShareId, Promise<void>>()

  return {
    kind: 'disk',
    freeBytes,
    file(share, geometry) {
      const file = opfsFile(folder, share, geometry, removals.get(share) ?? Promise.resolve(), note)
      files.set(share, file)
      return {
        ...file,
        async remove() {
          files.delete(share)
          const removal = file.remove()
          removals.set(share, removal)
          await removal
          if (removals.get(share) === removal) removals.delete(share)
        },
      }
    },
    async close() {
      await Promise.all([...files.values()].map((file) => file.close()))
    },
  }
}

interface OpfsFile extends ShareFile {
  close(): Promise<void>
}

/** Before a file's pieces lie their marks; the pieces begin at a whole page of any disk. */
const dataStart = (geometry: Geometry): number => Math.ceil(pieceCount(geometry) / pageBytes) * pageBytes
const pageBytes = 4096

const mark = Uint8Array.of(1)

function opfsFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  geometry: Geometry,
  after: Promise<void>,
  note: Note,
): OpfsFile {
  const handle = new IdleHandle(folder, name, after, note)
  const startBytes = dataStart(geometry)
  let endBytes = 0
  /** The file as it was after the last write, for blobs; a new snapshot costs a round trip to the browser. */
  let snapshot: File | null = null

  return {
    usedBytes: () => endBytes,
    marks: () =>
      handle.inTurn(async () => {
        const marks = new Uint8Array(pieceCount(geometry))
        const file = await existing(folder, name)
        endBytes = Math.max(0, (file?.size ?? 0) - startBytes)
        if (file) await readMarks(file, marks)
        return marks
      }),
    read: (fromBytes, into) =>
      handle.inTurn(async () => {
        const readBytes = (await handle.opened()).read(into, { at: startBytes + fromBytes })
        if (readBytes !== into.length) throw new DOMException('the kept file is too short', 'DataError')
      }),
    write: (fromBytes, bytes: Bytes) =>
      handle.inTurn(async () => {
        snapshot = null
        const opened = await handle.opened()
        write(opened, startBytes + fromBytes, bytes)
        // In the same task: a page that is killed has marked no piece that it has not written.
        write(opened, fromBytes / geometry.pieceSizeBytes, mark)
        endBytes = Math.max(endBytes, fromBytes + bytes.length)
      }),
    blob: (fromBytes, toBytes) =>
      handle.inTurn(async () => {
        // A snapshot taken while a handle is open may be refused or stale; the next read opens the handle again.
        handle.letGo()
        snapshot ??= await (await folder.getFileHandle(name)).getFile()
        return snapshot.slice(startBytes + fromBytes, startBytes + toBytes)
      }),
    remove: () =>
      handle.inTurn(async () => {
        handle.letGoQuietly()
        snapshot = null
        await folder.removeEntry(name).catch((error: unknown) => {
          // One never written to is not there.
          if (!hasName(error, 'NotFoundError')) note('a kept file was not removed', error)
        })
      }),
    close: () => handle.inTurn(async () => handle.letGoQuietly()),
  }
}

function write(handle: FileSystemSyncAccessHandle, at: number, bytes: Bytes): void {
  // Some browsers report a full disk by writing less.
  if (handle.write(bytes, { at }) !== bytes.length)
    throw new DOMException('short write', 'QuotaExceededError')
}

/** Null where nothing was ever written. */
async function existing(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile()
  } catch (error) {
    if (hasName(error, 'NotFoundError')) return null
    throw error
  }
}

/** The sync access handle of one file: opened when needed, closed when nobody has touched it for a while. */
class IdleHandle {
  readonly #folder: FileSystemDirectoryHandle
  readonly #name: string
  readonly #note: Note
  #handle: FileSystemSyncAccessHandle | null = null
  #idleTimer = 0
  #queue: Promise<unknown>

  constructor(folder: FileSystemDirectoryHandle, name: string, after: Promise<void>, note: Note) {
    this.#folder = folder
    this.#name = name
    this.#queue = after
    this.#note = note
  }

  /** One at a time: a handle must not close under another operation. A failed one does not stop the next. */
  inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    const result = this.#queue.then(run)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async opened(): Promise<FileSystemSyncAccessHandle> {
    this.#handle ??= await this.#open()
    clearTimeout(this.#idleTimer)
    const closeInTurn = (): void => void this.inTurn(async () => this.letGoQuietly())
    this.#idleTimer = setTimeout(closeInTurn, limits.diskHandleIdleMs)
    return this.#handle
  }

  async #open(): Promise<FileSystemSyncAccessHandle> {
    const file = await this.#folder.getFileHandle(this.#name, { create: true })
    return holdingOn(file, (one) => one.createSyncAccessHandle())
  }

  /** Writes out and closes. Throws when it cannot write out; closed it is then all the same. */
  letGo(): void {
    clearTimeout(this.#idleTimer)
    const handle = this.#handle
    this.#handle = null
    try {
      handle?.flush()
    } finally {
      handle?.close()
    }
  }

  /** For when nobody waits for what is written. */
  letGoQuietly(): void {
    try {
      this.letGo()
    } catch (error) {
      this.#note('a kept file did not close well', error)
    }
  }
}

const hasName = (error: unknown, name: string): boolean =>
  error instanceof DOMException && error.name === name
