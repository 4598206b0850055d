import { limits } from '../../shared/limits.ts'

const unnamed = 'unnamed'

/**
 * Makes a share's name, which a peer may have chosen to deceive, safe to show and to save: a single line, no path, no
 * invisible or direction-changing characters, nothing that Windows, macOS or Linux refuse, 1 to 255 UTF-16 units.
 * Letters, spaces and emoji stay. A leading dot goes, so that nothing saved is hidden. Cleaning twice changes nothing.
 */
export function cleanName(name: string): string {
  return cleanPart(visible(name).replace(/^[\s.]+/u, ''))
}

/**
 * The same for paths inside a folder, `/` between their parts: each part is cleaned, `.` and `..` go, a file keeps the dot
 * of its name (`.gitignore`). No two of the results are the same on any file system, nor is one the folder of another:
 * the later gets " (2)". As many, in the same order.
 */
export function cleanPaths(paths: readonly string[]): string[] {
  const cleaned = paths.map(cleanPath)
  const taken = new Set<string>()
  for (const path of cleaned) for (const folder of foldersOf(path)) taken.add(sameFileKey(folder))
  /** How many times a path was asked for, so that many equal ones do not each try every number again. */
  const copies = new Map<string, number>()
  return cleaned.map((path) => {
    let unique = path
    let copy = copies.get(sameFileKey(path)) ?? 1
    while (taken.has(sameFileKey(unique))) unique = numbered(path, ++copy)
    copies.set(sameFileKey(path), copy)
    taken.add(sameFileKey(unique))
    return unique
  })
}

function cleanPath(path: string): string {
  const parts = path
    .split('/')
    .map(visible)
    .filter((part) => !/^[\s.]*$/u.test(part))
  return parts.map(cleanPart).join('/') || unnamed
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

/** Windows drops dots and spaces at the end of a name. */
const trimEnd = (name: string): string => name.replace(/[\s.]+$/u, '')

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

function numbered(path: string, copy: number): string {
  const nameAt = path.lastIndexOf('/') + 1
  const { stem, extension } = splitName(path.slice(nameAt))
  const ending = ` (${copy})${extension}`
  return path.slice(0, nameAt) + trimEnd(cut(stem, limits.nameLengthMax - ending.length)) + ending
}

/** Windows and macOS take names for the same that differ only in case or in Unicode composition. */
const sameFileKey = (path: string): string => path.normalize('NFC').toLowerCase()

function* foldersOf(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) yield path.slice(0, at)
}
