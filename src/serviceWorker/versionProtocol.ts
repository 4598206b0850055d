import * as v from 'valibot'

// What pages and service workers of different builds tell each other. Both may be older or newer than the other: what is here and
// in savingProtocol.ts is only ever added to.

/** Page to service worker. */
export const pageWordSchema = v.variant('type', [
  /** To the one that waits: answer for all pages from now on. */
  v.object({ type: v.literal('takeOver') }),
  /** To the active one: this page holds its lock, and builds that no page is of may go. */
  v.object({ type: v.literal('opened') }),
])

export type PageWord = v.InferOutput<typeof pageWordSchema>

const openPrefix = 'swarmdrop-open '

/** Held by each page while it is open: by the address of a page's own script one knows which build it is of. */
export const openLock = (script: string): string => openPrefix + script

/**
 * The own scripts of the open pages below `scope`, from what locks are held. Null while one of `pageCount` pages has not
 * taken its lock yet: then nobody knows what it needs.
 */
export function openScripts(
  held: readonly (string | undefined)[],
  scope: string,
  pageCount: number,
): readonly string[] | null {
  const scripts = held
    .filter((name) => name?.startsWith(openPrefix + scope))
    .map((name = '') => name.slice(openPrefix.length))
  return scripts.length < pageCount ? null : scripts
}

/** Held, by any number of pages, while a zip streams through the service worker: another one must not take over meanwhile. */
export const savingLock = (scope: string): string => `swarmdrop-saving ${scope}`
