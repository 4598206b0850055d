/** A JavaScript file of the built page. */
export interface Chunk {
  /** `NAME-HASH.js`, as Vite calls it. */
  readonly file: string
  readonly text: string
}

export interface ChunksOfPage {
  /** Needed before the page can be used. */
  readonly start: readonly Chunk[]
  /** Not needed before that. */
  readonly deferred: readonly Chunk[]
  /** Names in `later` that no chunk has. */
  readonly unknown: readonly string[]
}

/**
 * Which chunks the page needs to start: all that its HTML names, that those name, and so on, except the ones called `later`
 * and what only they lead to. File names carry a hash, so naming one is loading it, now or some time: as a static import,
 * a dynamic one or a worker. Vite's list of what to load beside a dynamic import names nothing that its target does not name itself.
 */
export function chunksFor(html: string, chunks: readonly Chunk[], later: readonly string[]): ChunksOfPage {
  const isLater = ({ file }: Chunk): boolean => later.includes(chunkName(file))
  const start = new Set<Chunk>()
  const visit = (text: string): void => {
    for (const chunk of chunks) {
      if (start.has(chunk) || isLater(chunk) || !withoutPreloads(text).includes(chunk.file)) continue
      start.add(chunk)
      visit(chunk.text)
    }
  }
  visit(html)
  return {
    start: [...start],
    deferred: chunks.filter((chunk) => !start.has(chunk)),
    unknown: later.filter((name) => !chunks.some(({ file }) => chunkName(file) === name)),
  }
}

const withoutPreloads = (text: string): string => text.replace(/__vite__mapDeps=\(.*?\]\)\)/s, '')

/** The name of a chunk without its hash. */
export const chunkName = (file: string): string => file.replace(/-[\w-]{8}\.js$/, '')
