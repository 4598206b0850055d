import type { Bytes } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Disk, ShareFile } from './disk.ts'

/** Hears of a failure that spoils nobody's call. */
type Note = (what: string, error: unknown) => void

/** Files of one folder in OPFS, each with one sync access handle: opened when needed, closed when idle. */
export function opfsDisk(folder: FileSystemDirectoryHandle, note: Note): Disk {
  const files = new Map<ShareId, OpfsFile>()
  /** Files on their way out: one made anew under the same name waits for its forerunner. */
  const removals = new Map<ShareId, Promise<void>>()

  return {
    kind: 'disk',
    async freeBytes() {
      const { quota, usage } = await navigator.storage.estimate()
      return quota === undefined ? Infinity : quota - (usage ?? 0)
    },
    file(share) {
      const file = opfsFile(folder, share, removals.get(share) ?? Promise.resolve(), note)
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

function opfsFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  after: Promise<void>,
  note: Note,
): OpfsFile {
  let handle: FileSystemSyncAccessHandle | null = null
  let idleTimer = 0
  let endBytes = 0
  /** The file as it was after the last write, for blobs; a new snapshot costs a round trip to the browser. */
  let snapshot: File | null = null
  let queue: Promise<unknown> = after

  /** One at a time: a handle must not close under another operation. A failed one does not stop the next. */
  const inTurn = <Value>(run: () => Promise<Value>): Promise<Value> => {
    const result = queue.then(run)
    queue = result.catch(() => undefined)
    return result
  }
  const letGo = (): void => {
    clearTimeout(idleTimer)
    const closing = handle
    handle = null
    try {
      closing?.flush()
    } finally {
      closing?.close()
    }
  }
  /** For when nobody waits for what is written. */
  const letGoQuietly = (): void => {
    try {
      letGo()
    } catch (error) {
      note('a kept file did not close well', error)
    }
  }
  const opened = async (): Promise<FileSystemSyncAccessHandle> => {
    handle ??= await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle()
    clearTimeout(idleTimer)
    idleTimer = setTimeout(() => void inTurn(async () => letGoQuietly()), limits.diskHandleIdleMs)
    return handle
  }

  return {
    usedBytes: () => endBytes,
    read: (fromBytes, lengthBytes) =>
      inTurn(async () => {
        const bytes = new Uint8Array(lengthBytes)
        const readBytes = (await opened()).read(bytes, { at: fromBytes })
        if (readBytes !== lengthBytes) throw new DOMException('the kept file is too short', 'DataError')
        return bytes
      }),
    write: (fromBytes, bytes: Bytes) =>
      inTurn(async () => {
        snapshot = null
        const writtenBytes = (await opened()).write(bytes, { at: fromBytes })
        // Some browsers report a full disk by writing less.
        if (writtenBytes !== bytes.length) throw new DOMException('short write', 'QuotaExceededError')
        endBytes = Math.max(endBytes, fromBytes + bytes.length)
      }),
    blob: (fromBytes, toBytes) =>
      inTurn(async () => {
        // A snapshot taken while a handle is open may be refused or stale; the next read opens the handle again.
        letGo()
        snapshot ??= await (await folder.getFileHandle(name)).getFile()
        return snapshot.slice(fromBytes, toBytes)
      }),
    remove: () =>
      inTurn(async () => {
        letGoQuietly()
        snapshot = null
        await folder.removeEntry(name).catch((error: unknown) => {
          // One never written to is not there.
          if (!hasName(error, 'NotFoundError')) note('a kept file was not removed', error)
        })
      }),
    close: () => inTurn(async () => letGoQuietly()),
  }
}

const hasName = (error: unknown, name: string): boolean =>
  error instanceof DOMException && error.name === name
