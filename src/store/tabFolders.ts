import { storeFolder } from './opfsProtocol.ts'
import type { ShareIndex } from './shareIndex.ts'

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

/** Frees what pages that are no more have left: their folders, and their records in the index. */
export async function sweepDeadTabs(index: ShareIndex): Promise<void> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(storeFolder, { create: true })
  const tabs = new Set((await index.list()).map((record) => record.tab))
  for await (const name of folder.keys()) tabs.add(name)
  await Promise.all([...tabs].map((tab) => sweepIfDead(tab, folder, index)))
}

async function sweepIfDead(tab: string, folder: FileSystemDirectoryHandle, index: ShareIndex): Promise<void> {
  await navigator.locks.request(lockName(tab), { ifAvailable: true }, async (lock) => {
    if (lock === null) return
    await index.removeTab(tab)
    // A worker of a page just closed may still hold a file; the next start sweeps it. Index-only tabs have no folder.
    await folder.removeEntry(tab, { recursive: true }).catch(() => undefined)
  })
}
