import { plainAddress, type BuiltPage } from './builtPage.ts'

export interface KeptPageOptions {
  readonly caches: CacheStorage
  readonly fetch: typeof fetch
  /** The service worker's: the address of the page's folder. */
  readonly scope: string
  /** The build that this worker was built with. */
  readonly page: BuiltPage
}

/** What is kept is whole whatever form of it was asked for. */
const anyForm: CacheQueryOptions = { ignoreVary: true }

/**
 * The files of one build, kept so that the page starts without a network. They are taken whole or not at all: each must be the one
 * that was built, so that no half-copied folder of a host becomes a page. Builds lie side by side until no open page needs them.
 */
export class KeptPage {
  readonly #caches: CacheStorage
  readonly #fetch: typeof fetch
  readonly #scope: string
  readonly #page: BuiltPage

  constructor({ caches, fetch, scope, page }: KeptPageOptions) {
    this.#caches = caches
    this.#fetch = fetch
    this.#scope = scope
    this.#page = page
  }

  /** Rejects where a file cannot be had or is another than was built. What came is kept for the next try, and nobody is served it. */
  async keep(): Promise<void> {
    const cache = await this.#caches.open(this.#ownName)
    const files = Object.entries(this.#page.files)
    await Promise.all(files.map(([path, integrity]) => this.#keepFile(cache, path, integrity)))
  }

  async #keepFile(cache: Cache, path: string, integrity: string): Promise<void> {
    const address = new URL(path, this.#scope).href
    if ((await cache.match(address, anyForm)) !== undefined) return
    const response = await this.#fetch(address, { cache: 'no-cache', redirect: 'error', integrity })
    if (!response.ok) throw new Error(`a file of the page was answered ${response.status}`)
    await cache.put(address, response)
  }

  /** What answers a request for a file of a page, ours or an older one that is still open; null for any other request. */
  answer(request: Request): Promise<Response> | null {
    const address = this.#fileAddress(request)
    return address === null ? null : this.#found(address).then((kept) => kept ?? this.#fetch(request))
  }

  #fileAddress({ method, url }: Request): string | null {
    const address = plainAddress(url)
    if (method !== 'GET' || !address.startsWith(this.#scope)) return null
    const path = address.slice(this.#scope.length)
    if (path === '' || path === 'index.html') return this.#scope
    // Files in assets/ are named by what is in them, so those of an older build are known as such.
    return Object.hasOwn(this.#page.files, path) || path.startsWith('assets/') ? address : null
  }

  /** Of this build, else of any: only files in assets/ can be another's. Undefined where somebody has cleared what was kept. */
  async #found(address: string): Promise<Response | undefined> {
    const own = await this.#caches.match(address, { ...anyForm, cacheName: this.#ownName })
    if (own !== undefined || !address.startsWith(`${this.#scope}assets/`)) return own
    for (const cacheName of await this.#otherNames()) {
      const kept = await this.#caches.match(address, { ...anyForm, cacheName })
      if (kept !== undefined) return kept
    }
    return undefined
  }

  /** Removes every other build that no open page is of; `openScripts` are the addresses of those pages' own scripts. */
  async sweep(openScripts: readonly string[]): Promise<void> {
    for (const name of await this.#otherNames()) {
      const cache = await this.#caches.open(name)
      const kept = await Promise.all(openScripts.map((script) => cache.match(script, anyForm)))
      if (kept.every((script) => script === undefined)) await this.#caches.delete(name)
    }
  }

  async #otherNames(): Promise<readonly string[]> {
    const names = await this.#caches.keys()
    return names.filter((name) => name.startsWith(this.#namePrefix) && name !== this.#ownName)
  }

  /** Pages in other folders of the same origin have caches of their own; no address has a blank in it. */
  get #namePrefix(): string {
    return `swarmdrop-page ${this.#scope} `
  }

  get #ownName(): string {
    return this.#namePrefix + this.#page.id
  }
}
