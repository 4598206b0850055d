import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { parseJson } from '../shared/parseJson.ts'
import { plainAddress } from './builtPage.ts'

export interface KeptConfigOptions {
  readonly caches: CacheStorage
  readonly fetch: typeof fetch
  /** The service worker's: the address of the page's folder. */
  readonly scope: string
  /** Resolves after so many milliseconds. */
  readonly wait: (spanMs: number) => Promise<void>
}

/**
 * The page's config.json: what its host says now, and where the host cannot be asked (no network, no answer, a failing server) what
 * it said last. Anything else it says is passed on, also what makes no sense: whoever hosts the page may have meant to change it.
 */
export class KeptConfig {
  readonly #caches: CacheStorage
  readonly #fetch: typeof fetch
  readonly #wait: KeptConfigOptions['wait']
  readonly #address: string
  readonly #cacheName: string

  constructor({ caches, fetch, scope, wait }: KeptConfigOptions) {
    this.#caches = caches
    this.#fetch = fetch
    this.#wait = wait
    this.#address = new URL('config.json', scope).href
    // Of no build: the next one is to know it too.
    this.#cacheName = `swarmdrop-config ${scope}`
  }

  /**
   * Keeps what the host says now, for a page that was opened before it had a service worker. Without an answer there is none; and that
   * there is none replaces nothing: a host whose files are just being changed says so.
   */
  async keep(): Promise<void> {
    const keeping = this.#keepNow().catch(() => null)
    await Promise.race([keeping, this.#wait(limits.configHostWaitMs)])
  }

  /** What answers a request for config.json; null for any other. */
  answer(request: Request): Promise<Response> | null {
    return request.method === 'GET' && plainAddress(request.url) === this.#address
      ? this.#answer(request)
      : null
  }

  async #answer(request: Request): Promise<Response> {
    const asked = this.#ask(request)
    // It may fail while what is kept is looked up; who waits for it hears of that all the same.
    asked.catch(() => null)
    const kept = await this.#kept()
    if (kept === undefined) return asked
    const late = this.#wait(limits.configHostWaitMs).then(() => kept)
    const first = await Promise.race([asked.catch(() => kept), late])
    return first.status >= 500 ? kept : first
  }

  async #keepNow(): Promise<void> {
    const kept = await this.#kept()
    await this.#ask(new Request(this.#address, { cache: 'no-cache', redirect: 'manual' }), kept?.ok !== true)
  }

  #kept(): Promise<Response | undefined> {
    return this.#caches.match(this.#address, { cacheName: this.#cacheName, ignoreVary: true })
  }

  /** The host's answer, kept where it is a configuration or says that there is none: that, only where `mayForget`. */
  async #ask(request: Request, mayForget = true): Promise<Response> {
    const response = await this.#fetch(request)
    if (response.status === 404 && !mayForget) return response
    if (!(await saysSomething(response.clone()))) return response
    const cache = await this.#caches.open(this.#cacheName)
    await cache.put(this.#address, response.clone())
    return response
  }
}

const configSchema = v.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

async function saysSomething(response: Response): Promise<boolean> {
  if (response.status === 404) return true
  // What many hosts send for whatever they do not have.
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html')) return false
  return parseJson(await response.text(), limits.configLengthMax, configSchema).ok
}
