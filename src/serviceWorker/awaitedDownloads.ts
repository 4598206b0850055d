import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { downloadHeaders } from './downloadHeaders.ts'
import { saveRequestSchema, savingAddress } from './savingProtocol.ts'

/** What there is to say to whoever sent a message. */
export type Announced = 'ready' | 'refused' | 'ignored'

export interface AwaitedDownload<Port> {
  readonly headers: Record<string, string>
  /** Brings the bytes. */
  readonly port: Port
}

/**
 * Downloads that pages have announced and the browser has not asked for yet. All that a page decides of one is its name and
 * length: its address and its headers are made here, so that nobody can have another address answered, or a page shown.
 */
export class AwaitedDownloads<Port> {
  readonly #scope: string
  readonly #byAddress = new Map<string, AwaitedDownload<Port>>()

  /** `scope` is the service worker's own. */
  constructor(scope: string) {
    this.#scope = scope
  }

  /** A message and its port, from the page at `pageAddress`; null when no page sent it. */
  announce(message: unknown, pageAddress: string | null, port: Port): Announced {
    // Any page of the origin can speak to us, also one that is no business of ours.
    if (pageAddress === null || !pageAddress.startsWith(this.#scope)) return 'ignored'
    const request = v.safeParse(saveRequestSchema, message)
    if (!request.success) return 'refused'
    const address = savingAddress(this.#scope, request.output.id)
    this.#byAddress.set(address, { headers: downloadHeaders(request.output), port })
    const [oldest] = this.#byAddress.keys()
    if (this.#byAddress.size > limits.savingsAwaitedMax && oldest !== undefined)
      this.#byAddress.delete(oldest)
    return 'ready'
  }

  /** The download that this request is for, once; null when it is none of our business. */
  take({ url, method, mode }: Pick<Request, 'url' | 'method' | 'mode'>): AwaitedDownload<Port> | null {
    const download = method === 'GET' && mode === 'navigate' ? this.#byAddress.get(url) : undefined
    if (download === undefined) return null
    this.#byAddress.delete(url)
    return download
  }
}
