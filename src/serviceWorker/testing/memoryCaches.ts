/** Cache Storage in memory, as far as it is used here. */
export class MemoryCaches implements CacheStorage {
  readonly #caches = new Map<string, MemoryCache>()

  async open(name: string): Promise<Cache> {
    const cache = this.#caches.get(name) ?? new MemoryCache()
    this.#caches.set(name, cache)
    return cache
  }

  async match(address: string, { cacheName = '' }: MultiCacheQueryOptions): Promise<Response | undefined> {
    return this.#caches.get(cacheName)?.match(address)
  }

  async keys(): Promise<string[]> {
    return [...this.#caches.keys()]
  }

  async has(name: string): Promise<boolean> {
    return this.#caches.has(name)
  }

  async delete(name: string): Promise<boolean> {
    return this.#caches.delete(name)
  }
}

class MemoryCache implements Cache {
  readonly #responses = new Map<string, Response>()

  async match(address: string): Promise<Response | undefined> {
    return this.#responses.get(address)?.clone()
  }

  async put(address: string, response: Response): Promise<void> {
    this.#responses.set(address, response)
  }

  async keys(): Promise<Request[]> {
    return [...this.#responses.keys()].map((address) => new Request(address))
  }

  async delete(address: string): Promise<boolean> {
    return this.#responses.delete(address)
  }

  async matchAll(): Promise<Response[]> {
    return [...this.#responses.values()]
  }

  add(): Promise<void> {
    throw new Error('Bug: nothing of ours is kept unseen')
  }

  addAll(): Promise<void> {
    return this.add()
  }
}
