import { limits } from '../shared/limits.ts'
import type { Log, LogDetail, LogLevel } from '../shared/log.ts'
import type { Clock } from '../shared/clock.ts'

/** What happened lately, in the order it happened. */
export interface LogBook {
  readonly log: Log
  /** Notes what only a bug can cause, with its stack. */
  bug(error: unknown): void
  /** One line an entry, oldest first; says how many were crowded out. */
  text(): string
}

interface Entry {
  /** When it happened last. */
  atMs: number
  count: number
  readonly level: LogLevel
  readonly what: string
  readonly detail: LogDetail
}

/**
 * A ring of the last `limits.logEntriesMax` entries; what happens again soon is counted, not repeated. Whatever is handed in, no text leaves it with a URL, an address, a host name
 * of a network or anything as long as a secret. `print` sees each entry as it comes (for `?debug`).
 */
export function openLogBook(clock: Clock, print?: (line: string) => void): LogBook {
  const entries: Entry[] = []
  let droppedCount = 0

  const log: Log = (level, what, detail = {}) => {
    const entry = { atMs: clock.now(), count: 1, level, what, detail }
    print?.(lineOf(entry))
    const again = entries.slice(-limits.logRepeatsWithin).find((other) => isSame(other, entry))
    if (again) {
      again.count++
      again.atMs = entry.atMs
      return
    }
    entries.push(entry)
    if (entries.length > limits.logEntriesMax) {
      entries.shift()
      droppedCount++
    }
  }
  return {
    log,
    bug: (error) => log('error', 'a bug', { error: describe(error) }),
    text: () => [...(droppedCount > 0 ? [`(${droppedCount} older)`] : []), ...entries.map(lineOf)].join('\n'),
  }
}

const isSame = (a: Entry, b: Entry): boolean =>
  a.what === b.what && a.level === b.level && JSON.stringify(a.detail) === JSON.stringify(b.detail)

function lineOf({ atMs, count, level, what, detail }: Entry): string {
  const facts = Object.entries(detail).map(([name, value]) => `${name}=${factOf(value)}`)
  const times = count > 1 ? [`×${count}`] : []
  return [(atMs / 1000).toFixed(3).padStart(9), level, what, ...facts, ...times].join(' ')
}

const factOf = (value: LogDetail[string]): string =>
  typeof value === 'string' ? JSON.stringify(redact(value)) : String(value)

/** An error's own words and the functions it came through; of the stack's addresses only file names and lines stay. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => !line.includes(error.message))
    .slice(0, limits.logStackFramesMax)
    .map((line) => line.trim().replaceAll(/[^\s()]*\/([^\s()/]+)/g, '$1'))
  return [`${error.name}: ${error.message}`, ...frames].join(' < ')
}

/** Enough of an id to tell two apart, too little to be one. */
const idKeptLength = 6

/** Addresses first, then whatever is as long as an id or a secret. */
const redact = (text: string): string =>
  text
    .replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<address>')
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>')
    .replaceAll(/(?<![\w:])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]{3,}(?:%\w+)?/gi, '<address>')
    .replaceAll(/\b[\w-]+(?:\.[\w-]+)*\.(?:local|lan|home|internal|localdomain)\b/gi, '<address>')
    .replaceAll(/[A-Za-z0-9_-]{20,}/g, (id) => `${id.slice(0, idKeptLength)}…`)
