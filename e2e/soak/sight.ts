import type { Page } from '@playwright/test'
import type { OpenThings, ProbedGlobal } from './probe.ts'

export interface SeenPeer {
  readonly name: string
  readonly state: string
  readonly lanes: number
}

export interface SeenShare {
  readonly shareId: string
  readonly name: string
  readonly state: string
  readonly haveBytes: number
  readonly sizeBytes: number
  /** Buttons that it has just now. */
  readonly buttons: readonly string[]
}

/** A page as people and scripts see it at one moment. */
export interface Sight {
  readonly signaling: string
  readonly peers: readonly SeenPeer[]
  readonly shares: readonly SeenShare[]
  readonly notices: readonly { readonly level: string; readonly code: string; readonly words: string }[]
  readonly open: OpenThings
}

/** What a browser keeps for the page's origin. */
export interface KeptThings {
  /** Names of the files of shares, each the share's id. */
  readonly files: readonly string[]
  /** Shares that have a record, and those that have parts of a hash list. */
  readonly records: readonly string[]
  readonly parts: readonly string[]
}

/* oxlint-disable unicorn/consistent-function-scoping -- what runs in the page has no outside there */
export const lookAt = (page: Page): Promise<Sight> =>
  page.evaluate(() => {
    const all = (name: string, within: ParentNode = document): HTMLElement[] => [
      ...within.querySelectorAll<HTMLElement>(`[data-testid=${name}]`),
    ]
    return {
      signaling: all('signaling')[0]?.dataset['state'] ?? '',
      peers: all('peer').map((peer) => ({
        name: peer.querySelector('bdi')?.textContent ?? '',
        state: peer.dataset['state'] ?? '',
        lanes: Number(peer.dataset['lanes']),
      })),
      shares: all('share').map((share) => ({
        shareId: share.dataset['shareId'] ?? '',
        name: share.dataset['name'] ?? '',
        state: share.dataset['state'] ?? '',
        haveBytes: Number(share.dataset['have']),
        sizeBytes: Number(share.dataset['size']),
        buttons: [...share.querySelectorAll<HTMLElement>('.share-actions [data-testid]')].map(
          (button) => button.dataset['testid'] ?? '',
        ),
      })),
      notices: all('notice').map((notice) => ({
        level: notice.dataset['level'] ?? '',
        code: notice.dataset['code'] ?? '',
        words: notice.querySelector('p')?.textContent ?? '',
      })),
      open: (globalThis as unknown as ProbedGlobal).swarmSoak.open(),
    }
  })

export const keptBy = (page: Page): Promise<KeptThings> =>
  page.evaluate(async () => {
    const files: string[] = []
    const look = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const [name, inside] of folder.entries())
        if (inside instanceof FileSystemDirectoryHandle) await look(inside)
        else files.push(name)
    }
    await look(await navigator.storage.getDirectory())
    const answer = <Value>(request: IDBRequest<Value>): Promise<Value> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB refused')))
      })
    const database = await answer(indexedDB.open('swarmdrop'))
    const sharesIn = async (store: string): Promise<string[]> => {
      const keys = await answer(database.transaction(store).objectStore(store).getAllKeys())
      return [...new Set(keys.map((key) => String((key as string[])[1])))]
    }
    const kept = { files, records: await sharesIn('shares'), parts: await sharesIn('parts') }
    database.close()
    return kept
  })
