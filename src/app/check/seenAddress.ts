import { urlsOf } from '../../link/iceServers.ts'
import type { IceServer } from '../../link/link.ts'

/** How a gathering went in which no server said under which address the internet sees this browser. */
export interface SilentGathering {
  readonly servers: readonly IceServer[]
  /** The browser has ended it in time. */
  readonly isComplete: boolean
  readonly hasFailed: boolean
  /** The browser would have said of a server that it failed (icecandidateerror). */
  readonly tellsFailures: boolean
  /** The addresses that the browser has itself; null for those it hides. */
  readonly hosts: readonly (string | null)[]
}

/**
 * Whether a server answered all the same: where the internet sees the very address that the browser has, that is not said again.
 * Null: it cannot be told.
 */
export function wasAnswered({
  servers,
  isComplete,
  hasFailed,
  tellsFailures,
  hosts,
}: SilentGathering): boolean | null {
  if (!servers.flatMap(urlsOf).some(isAskedByUdp)) return null
  if (hasFailed || !isComplete) return false
  return tellsFailures && hosts.some(isPublic) ? true : null
}

const isAskedByUdp = (url: string): boolean =>
  /^stun:/i.test(url) || (/^turn:/i.test(url) && !/\?transport=tcp$/i.test(url))

/** RFC 1918, 6598, 3927, 1122; and of IPv6 all but 2000::/3 (RFC 4291). A name under `.local` says nothing. */
const privateAddress =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./

const isPublic = (address: string | null): boolean => {
  if (address === null) return false
  return address.includes(':')
    ? /^[23]/.test(address)
    : /^[\d.]+$/.test(address) && !privateAddress.test(address)
}
