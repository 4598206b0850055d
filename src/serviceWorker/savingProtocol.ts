/** Page to service worker: answer the next request for `url` with what comes through the port sent along. */
export interface SaveRequest {
  readonly type: 'save'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Keeps the service worker awake while a download goes on. */
export interface Ping {
  readonly type: 'ping'
}

/** Service worker to page, through the port: the download's own pace, so that nothing piles up. */
export type FromDownload =
  /** The request is awaited; the download may be started. */
  | { readonly type: 'ready' }
  /** The next bytes are wanted. */
  | { readonly type: 'pull' }
  /** The browser wants no more. */
  | { readonly type: 'cancelled' }

/** Page to service worker, through the port: the answer to each pull. */
export type ToDownload =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'end' }
  /** Breaks the download off, so that nobody takes half a file for the whole. */
  | { readonly type: 'failed'; readonly detail: string }
