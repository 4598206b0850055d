import { linesOf } from './candidates.ts'

const fingerprintLine = /^a=fingerprint:(\S{1,16} [0-9A-F:]{2,200})$/i

/** The certificate that a description names (RFC 8122, section 5); null unless it is one and the same in all of it. */
export function fingerprintOf(sdp: string): string | null {
  const found = new Set(linesOf(sdp).flatMap((line) => fingerprintLine.exec(line)?.[1]?.toUpperCase() ?? []))
  const [only, another] = found
  return another === undefined ? (only ?? null) : null
}
