import { limits } from '../shared/limits.ts'
import type { StoredSource } from '../store/shareIndex.ts'
import { sourceOf } from './fileSources.ts'

/** A file, or a folder of them: it becomes one share. */
export type Taken =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'folder'; readonly name: string; readonly entries: readonly FolderEntry[] }

/** What someone dropped, pasted or picked. */
export type Intake = Taken & {
  /** Where it lies, for a later page to ask for; null where the browser does not tell. */
  readonly source: Promise<StoredSource | null>
}

export interface FolderEntry {
  /** Relative to the folder, `/` between the parts, as the file system spells it. */
  readonly path: string
  readonly file: File
}

export interface IntakeReport {
  readonly intakes: readonly Intake[]
  /** Paths, the folder's name first, that the browser could not read. The rest of their folder is taken. */
  readonly unreadable: readonly string[]
  /** Names of folders without a single file. Empty folders inside others go unsaid: a share is files. */
  readonly empty: readonly string[]
  /** Names of folders with more than `limits.entriesMax` files. */
  readonly tooMany: readonly string[]
}

/** Files seen so far in folders being read. */
export type OnFilesSeen = (fileCount: number) => void

/**
 * Takes a drop or a paste; text gives nothing. Call inside the event: what it carries is collected before the first wait,
 * and gone afterwards.
 */
export async function takeDataTransfer(transfer: DataTransfer, onSeen: OnFilesSeen): Promise<IntakeReport> {
  const dropped = collect(transfer)
  let seen = 0
  const see = (fileCount: number): void => onSeen((seen += fileCount))
  const reports = await Promise.all(
    dropped.map(({ one, source }) =>
      one instanceof File ? takenFile(one, source) : takeFolder(one, source, see),
    ),
  )
  return joined(reports)
}

/** Takes picked files; those with a `webkitRelativePath` become one folder for each top folder. */
export function takeFileList(files: Iterable<File>): IntakeReport {
  const folders = new Map<string, FolderEntry[]>()
  const intakes: Intake[] = []
  for (const file of files) {
    const [name, path] = splitFirst(file.webkitRelativePath)
    if (path === null) intakes.push({ kind: 'file', file, source: nowhere })
    else {
      const entries = folders.get(name) ?? []
      entries.push({ path, file })
      folders.set(name, entries)
    }
  }
  const reports = [...folders].map(([name, entries]) => folderReport(name, entries, [], nowhere))
  return joined([{ ...nothing, intakes }, ...reports])
}

/** A picker of this kind tells no page where what it gives lies. */
const nowhere = Promise.resolve(null)

const nothing: IntakeReport = { intakes: [], unreadable: [], empty: [], tooMany: [] }

function joined(reports: readonly IntakeReport[]): IntakeReport {
  return {
    intakes: reports.flatMap((report) => report.intakes),
    unreadable: reports.flatMap((report) => report.unreadable),
    empty: reports.flatMap((report) => report.empty),
    tooMany: reports.flatMap((report) => report.tooMany),
  }
}

const takenFile = (file: File, source: Dropped['source']): IntakeReport => ({
  ...nothing,
  intakes: [{ kind: 'file', file, source }],
})

function folderReport(
  name: string,
  entries: readonly FolderEntry[],
  unreadable: readonly string[],
  source: Dropped['source'],
): IntakeReport {
  if (entries.length > limits.entriesMax) return { ...nothing, tooMany: [name] }
  const inOrder = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  if (inOrder.length > 0)
    return { ...nothing, intakes: [{ kind: 'folder', name, entries: inOrder, source }], unreadable }
  return unreadable.length > 0 ? { ...nothing, unreadable } : { ...nothing, empty: [name] }
}

/** All of it at once: after the first wait a browser empties the list. */
function collect(transfer: DataTransfer): Dropped[] {
  const collected: Dropped[] = []
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue
    const source = sourceOf(item)
    const entry = item.webkitGetAsEntry()
    if (isDirectory(entry)) {
      collected.push({ one: entry, source })
      continue
    }
    const file = item.getAsFile()
    if (file !== null) collected.push({ one: entry === null ? named(file) : file, source })
  }
  return collected
}

interface Dropped {
  readonly one: File | FileSystemDirectoryEntry
  readonly source: Promise<StoredSource | null>
}

const isDirectory = (entry: FileSystemEntry | null): entry is FileSystemDirectoryEntry =>
  entry?.isDirectory === true

/** A picture from the clipboard has no name, or the one every browser gives (`image.png`): it gets its time as one. */
function named(file: File): File {
  if (!file.type.startsWith('image/') || !/^(image\.\w+)?$/.test(file.name)) return file
  const extension = file.type.slice('image/'.length).replace('jpeg', 'jpg').replace('svg+xml', 'svg')
  const { type, lastModified } = file
  return new File([file], `Pasted image ${minuteOf(lastModified)}.${extension}`, { type, lastModified })
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Local time in a form that every file system takes and that sorts. */
function minuteOf(timeMs: number): string {
  const time = new Date(timeMs)
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${date} ${two(time.getHours())}.${two(time.getMinutes())}`
}

/** Reads a dropped folder and all below it, some directories at a time. */
async function takeFolder(
  top: FileSystemDirectoryEntry,
  source: Dropped['source'],
  onSeen: OnFilesSeen,
): Promise<IntakeReport> {
  const entries: FolderEntry[] = []
  const unreadable: string[] = []
  const waiting = [{ directory: top, path: top.name }]
  const isTooMany = (): boolean => entries.length > limits.entriesMax
  while (waiting.length > 0 && !isTooMany()) {
    const batch = waiting.splice(-limits.directoriesAtOnce)
    await Promise.all(
      batch.map(({ directory, path }) =>
        readDirectory(directory, path, {
          directory: (inner, innerPath) => waiting.push({ directory: inner, path: innerPath }),
          files: (found) => {
            entries.push(...found)
            onSeen(found.length)
          },
          unreadable: (lost) => unreadable.push(lost),
          isTooMany,
        }),
      ),
    )
  }
  const inside = entries.map(({ path, file }) => ({ path: splitFirst(path)[1] ?? path, file }))
  return folderReport(top.name, inside, unreadable, source)
}

interface Found {
  directory(directory: FileSystemDirectoryEntry, path: string): void
  files(files: FolderEntry[]): void
  unreadable(path: string): void
  /** Whether reading on would be in vain. */
  isTooMany(): boolean
}

/** `readEntries` gives at most 100 in Chromium, and an empty list only at the end (File and Directory Entries API, 7.3). */
async function readDirectory(directory: FileSystemDirectoryEntry, path: string, found: Found): Promise<void> {
  const reader = directory.createReader()
  while (!found.isTooMany()) {
    const some = await new Promise<FileSystemEntry[] | null>((resolve) => {
      reader.readEntries(resolve, () => resolve(null))
    })
    if (some === null) return found.unreadable(path)
    if (some.length === 0) return
    const files = await Promise.all(some.map((entry) => readEntry(entry, `${path}/${entry.name}`, found)))
    found.files(files.filter((file) => file !== null))
  }
}

async function readEntry(entry: FileSystemEntry, path: string, found: Found): Promise<FolderEntry | null> {
  if (isDirectory(entry)) {
    found.directory(entry, path)
    return null
  }
  const file = await new Promise<File | null>((resolve) => {
    ;(entry as FileSystemFileEntry).file(resolve, () => resolve(null))
  })
  if (file === null) found.unreadable(path)
  return file && { path, file }
}

/** The part before the first slash and what follows it; null without one. */
function splitFirst(path: string): [first: string, rest: string | null] {
  const at = path.indexOf('/')
  return at === -1 ? [path, null] : [path.slice(0, at), path.slice(at + 1)]
}
