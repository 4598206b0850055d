/** One build of the page as the service worker keeps it: written into the worker when the page is built. */
export interface BuiltPage {
  /** Of all that is in it: another build, another id. */
  readonly id: string
  /** By address from the page's folder, `./` for the page itself: its SHA-256 as browsers check it (Subresource Integrity). */
  readonly files: Readonly<Record<string, string>>
}

/** A request's address without what is after it: `?debug`, and the room's secret, which is nobody's business here. */
export function plainAddress(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
