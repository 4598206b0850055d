import { limits } from '../../shared/limits.ts'

declare const brand: unique symbol
/** A path or a single name that is safe to save under, made by the functions below. */
export type CleanPath = string & { readonly [brand]: 'CleanPath' }

const unnamed = 'unnamed'

/**
 * Makes a share's name, which a peer may have chosen to deceive, safe to show and to save: a single line, no path, no
 * invisible or direction-changing characters, nothing that Windows, macOS or Linux refuse, 1 to 255 UTF-16 units.
 * Letters, spaces and emoji stay. A leading dot goes, so that nothing saved is hidden. Cleaning twice changes nothing.
 */
export function cleanName(name: string): CleanPath {
  return cleanPart(visible(name).replace(/^[\s.]+/u, '')) as CleanPath
}

/**
 * The same for paths inside a folder, `/` between their parts: each part is cleaned, `.` and `..` go, a file keeps the dot
 * of its name (`.gitignore`), and what lies deeper than `limits.pathDepthMax` comes up to there. No two of the results are the
 * same on any file system, nor is one the folder of another: the later gets " (2)". As many, in the same order; null when they
 * name more than `limits.foldersMax` folders. The work grows with the length of the paths, whatever they are.
 */
export function cleanPaths(paths: readonly string[]): CleanPath[] | null {
  const names = new TakenNames()
  const cleaned = paths.map((path) => {
    const parts = cleanParts(path)
    const name = parts.pop() ?? unnamed
    return { folders: parts, name, folder: names.folderAt(parts) }
  })
  if (names.folderCount > limits.foldersMax) return null
  // Only when all folders are known is it known which file has the name of one.
  return cleaned.map(({ folders, name, folder }) => {
    const unique = names.takeFile(folder, name)
    return [...folders, unique].join('/') as CleanPath
  })
}

/** Names taken in each folder of one tree. Folders are known by number, the tree itself by 0. */
class TakenNames {
  /** By folder and name: the number of a folder, null for a file. */
  readonly #taken = new Map<string, number | null>()
  /** By folder and what stays of a name when it is numbered: the last number given. */
  readonly #numbers = new Map<string, number>()
  folderCount = 0

  /** The folder at the end of this path. Beyond the limit none is remembered. */
  folderAt(parts: readonly string[]): number {
    let folder = 0
    for (const part of parts) {
      const key = keyIn(folder, part)
      folder = this.#taken.get(key) ?? ++this.folderCount
      if (folder <= limits.foldersMax) this.#taken.set(key, folder)
    }
    return folder
  }

  /** This name, or when it is taken the same with the next free number. */
  takeFile(folder: number, name: string): string {
    let free = name
    if (this.#taken.has(keyIn(folder, name))) {
      const { stem, extension } = numberable(name)
      // Keyed by what all its numbered forms share, so that no number is tried twice, however the names before were spelled.
      const key = `${keyIn(folder, stem)}/${sameNameKey(extension)}`
      let number = this.#numbers.get(key) ?? 1
      do free = `${stem} (${++number})${extension}`
      while (this.#taken.has(keyIn(folder, free)))
      this.#numbers.set(key, number)
    }
    this.#taken.set(keyIn(folder, free), null)
    return free
  }
}

const keyIn = (folder: number, name: string): string => `${folder}/${sameNameKey(name)}`

/**
 * Windows and macOS take names for the same that differ only in case or in Unicode composition. Lower case first and then
 * upper joins also what has two lower cases (σ and ς) or two upper ones (K and the Kelvin sign).
 */
const sameNameKey = (name: string): string => name.normalize('NFC').toLowerCase().toUpperCase()

/** The parts of a path, cleaned; none when nothing is left of it. */
function cleanParts(path: string): string[] {
  const parts = path
    .split('/')
    .map(visible)
    .filter((part) => !/^[\s.]*$/u.test(part))
  // The name and the folders nearest to the top stay.
  parts.splice(limits.pathDepthMax - 1, parts.length - limits.pathDepthMax)
  return parts.map(cleanPart)
}

/** Characters that hide or reorder text, line separators, halves of surrogate pairs. Joiners stay: scripts and emoji need them. */
const invisible =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu
/** What separates paths or is refused by Windows. */
const forbidden = /[<>:"/\\|?*]/gu
/** Devices of Windows, whatever follows the dot (learn.microsoft.com, "Naming Files, Paths, and Namespaces"). */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/iu

const visible = (text: string): string => text.replace(invisible, '')

function cleanPart(part: string): string {
  const fitting = trimEnd(cut(part.replace(forbidden, '_').trim(), limits.nameLengthMax))
  if (fitting === '') return unnamed
  return reserved.test(fitting) ? cut(`_${fitting}`, limits.nameLengthMax) : fitting
}

/** Windows drops dots and spaces at the end of a name. A loop, since an expression begins anew at every space before the end. */
function trimEnd(name: string): string {
  let end = name.length
  while (end > 0 && /[\s.]/u.test(name.charAt(end - 1))) end--
  return name.slice(0, end)
}

/** Shortens the part before the extension, and never cuts a character in two. */
function cut(name: string, lengthMax: number): string {
  if (name.length <= lengthMax) return name
  const { stem, extension } = splitName(name)
  const cutStem = stem.slice(0, lengthMax - extension.length)
  return (endsInHalf(cutStem) ? cutStem.slice(0, -1) : cutStem) + extension
}

const endsInHalf = (text: string): boolean => /[\ud800-\udbff]$/.test(text)

/** The extension with its dot; an ordinary one is short, so that a hostile name cannot be all extension. */
function splitName(name: string): { stem: string; extension: string } {
  const extension = /(?<=.)\.[^.\s]{1,15}$/u.exec(name)?.[0] ?? ''
  return { stem: name.slice(0, name.length - extension.length), extension }
}

/** The longest number there can be, as it stands in a name. */
const numberLengthMax = ` (${limits.entriesMax + limits.foldersMax})`.length

/** A name's two parts, the first short enough that any number fits between. */
function numberable(name: string): { stem: string; extension: string } {
  const { stem, extension } = splitName(name)
  return {
    stem: trimEnd(cut(stem, limits.nameLengthMax - numberLengthMax - extension.length)) || unnamed,
    extension,
  }
}
