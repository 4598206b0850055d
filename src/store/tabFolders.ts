import type { ShareIndex } from './shareIndex.ts'

/** The folder in OPFS that holds a folder for each tab, in which each share has one file. */
export const storeFolder = 'swarmdrop'

/** Each page keeps its shares in a folder of its own, so that tabs of one origin in the same room do not collide. */
const lockName = (tab: string): string => `swarmdrop-tab-${tab}`

/** Marks a tab as living until its page goes or the returned function is called. */
export function holdTabLock(tab: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockName(tab), () => new Promise<void>((release) => resolve(release)))
      .catch(reject)
  })
}

/** Frees what pages that are no more have left: their folders, and their records in the index. Answers how many there were. */
export async function sweepDeadTabs(index: ShareIndex): Promise<number> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(storeFolder, { create: true })
  const tabs = new Set(await index.tabs())
  for await (const name of folder.keys()) tabs.add(name)
  const swept = await Promise.all([...tabs].map((tab) => sweepIfDead(tab, folder, index)))
  return swept.filter((isSwept) => isSwept).length
}

async function sweepIfDead(
  tab: string,
  folder: FileSystemDirectoryHandle,
  index: ShareIndex,
): Promise<boolean> {
  return navigator.locks.request(lockName(tab), { ifAvailable: true }, async (lock) => {
    if (lock === null) return false
    await index.removeTab(tab)
    // A worker of a page just closed may still hold a file; the next start sweeps it. Index-only tabs have no folder.
    await folder.removeEntry(tab, { recursive: true }).catch(() => undefined)
    return true
  })
}
