/** Rules of the house that neither the compiler nor the linter knows, as functions from sources to complaints. */
import { dirname, join } from 'node:path/posix'

export interface Source {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** What each folder of src/ may import besides itself (docs/ARCHITECTURE.md has the picture). */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  swarm: ['shared'],
  room: ['shared'],
  crypto: ['shared'],
  signaling: ['shared'],
  link: ['shared'],
  store: ['shared'],
  serviceWorker: ['shared'],
  engine: ['swarm', 'store', 'link', 'crypto', 'shared'],
  simulator: ['swarm', 'room', 'link', 'shared'],
  app: ['swarm', 'room', 'crypto', 'signaling', 'link', 'store', 'engine', 'serviceWorker', 'shared'],
  ui: ['app', 'shared'],
  'main.tsx': ['app', 'ui', 'shared'],
}

/** Of some folders others may import only the door: these files. Tests may look behind it. */
const doors: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  app: { engine: ['src/engine/engine.ts', 'src/engine/openEngine.ts'] },
  simulator: { link: ['src/link/uplink.ts'] },
}

/** What the page is made of, rather than made with: these may be imported anywhere. */
const everywhere = new Set(['react', 'react-dom', 'zustand', 'valibot'])

const isTest = (path: string): boolean => /(\.test\.tsx?|Contract\.ts|\.spec\.ts)$/.test(path)
/** Twins in memory, contract suites, worlds and samples to test in and with, and what lies in a folder called testing. */
const isForTests = (path: string): boolean =>
  /\/memory\w*\.ts$|(Contract|World|Samples)\.ts$|\/testing\//.test(path)
/** Files that are begun from outside: by the page, as a worker, from a command line, by a test runner, by the compiler. */
const isEntry = (path: string): boolean =>
  /^src\/main\.tsx$|\.worker\.ts$|^src\/simulator\/cli\.ts$|\.d\.ts$/.test(path) || /\.test\.tsx?$/.test(path)

/**
 * Every module that a source names: static imports and re-exports, those of types only, dynamic imports, and
 * `new URL('…', import.meta.url)`. Query strings are cut off.
 */
export function importsOf(text: string): string[] {
  const patterns = [
    /^\s*(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    /\bnew\s+URL\(\s*['"]([^'"]+)['"]\s*,\s*import\.meta\.url/g,
  ]
  const names = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
  return [...new Set(names.map((name) => name.replace(/\?.*$/, '')))]
}

const isRelative = (name: string): boolean => name.startsWith('.')
const targetOf = (from: Source, name: string): string => join(dirname(from.path), name)
/** The folder of src/ a file is in; for a file in src/ itself, its own name. */
const houseFolder = (path: string): string => path.split('/')[1] ?? ''

/** Imports between folders that the house forbids, and those that leave src/. */
export function wrongDirections(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const own = houseFolder(source.path)
    const allowed = mayImport[own]
    if (allowed === undefined) return [`${source.path} is in a folder the house does not know`]
    return importsOf(source.text)
      .filter(isRelative)
      .map((name) => targetOf(source, name))
      .filter((target) => {
        const folder = houseFolder(target)
        const door = isTest(source.path) || isForTests(source.path) ? undefined : doors[own]?.[folder]
        const isAllowed = folder === own || (allowed.includes(folder) && (door?.includes(target) ?? true))
        return !target.startsWith('src/') || !isAllowed
      })
      .map((target) => `${source.path} imports ${target}`)
  })
}

/** Outside libraries that more than one file imports. Tests, contract suites and what lies in folders called testing do not count. */
export function sharedLibraries(sources: readonly Source[]): string[] {
  const importers = new Map<string, Set<string>>()
  for (const { path, text } of sources) {
    if (isTest(path) || /\/testing\//.test(path)) continue
    for (const name of importsOf(text).filter((imported) => !isRelative(imported))) {
      const library = packageOf(name)
      if (!everywhere.has(library)) importers.set(library, (importers.get(library) ?? new Set()).add(path))
    }
  }
  return [...importers]
    .filter(([, paths]) => paths.size > 1)
    .map(([library, paths]) => `${library} is imported by ${[...paths].join(' and ')}`)
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

/** Files that nobody imports and nothing begins. What only tests import is dead too, unless it is made for them. */
export function deadFiles(sources: readonly Source[]): string[] {
  const imported = (from: readonly Source[]) =>
    new Set(from.flatMap((source) => importsOf(source.text).map((name) => targetOf(source, name))))
  const byAnyone = imported(sources)
  const byThePage = imported(sources.filter(({ path }) => !isTest(path)))
  return sources
    .map(({ path }) => path)
    .filter((path) => !isEntry(path) && !(isForTests(path) ? byAnyone : byThePage).has(path))
    .map((path) => `${path} is imported by nobody${byAnyone.has(path) ? ' but tests' : ''}`)
}

/** Names that say nothing of what is inside. */
export function emptyNames(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => /\/(utils?|helpers?|misc|common)\b[^/]*$/i.test(path))
    .map(({ path }) => `${path} has a name that says nothing`)
}

/** What is left of a source without its comments and its re-exports. */
const withoutReExports = (text: string): string =>
  text
    .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
    .replaceAll(/^\s*export\s[^;'"]*?\bfrom\s*['"][^'"]+['"];?/gm, '')
    .trim()

/** Files that only pass on what others export: they hide who needs whom. */
export function barrels(sources: readonly Source[]): string[] {
  return sources
    .filter(({ text }) => /^\s*export\s[^;'"]*?\bfrom\b/m.test(text) && withoutReExports(text) === '')
    .map(({ path }) => `${path} is a barrel`)
}

/** Test files that test nothing. One that hands a twin to a contract suite does test. */
export function emptyTests(sources: readonly Source[]): string[] {
  const hasTest = /\b(?:test|it)(?:\.\w+)*(?:\s*\(|`)|Contract\(/
  return sources
    .filter(({ path, text }) => /\.(test|spec)\.tsx?$/.test(path) && !hasTest.test(text))
    .map(({ path }) => `${path} has no test`)
}

// One letter of each in brackets, so that this file passes its own check.
const leftovers = /\bTO[D]O\b|\bFIX[M]E\b|\.on[l]y\(/

/** Marks of unfinished work, and tests that keep all others from running. */
export function unfinished(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, at) => (leftovers.test(line) ? [`${path}:${at + 1} ${line.trim().slice(0, 80)}`] : [])),
  )
}
