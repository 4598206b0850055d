import { urlsOf } from '../../link/iceServers.ts'
import type { IceServer } from '../../link/link.ts'
import { addressSpaceOf } from '../addressSpace.ts'

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

/** A name says nothing. */
const isPublic = (address: string | null): boolean =>
  address !== null && /^[\d.]+$|:/.test(address) && addressSpaceOf(address) === 'public'
