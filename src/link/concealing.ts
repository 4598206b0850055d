import { isCandidateLine, linesOf } from './candidates.ts'

/** What a connection of ours has to signal, as simple-peer says it. */
export interface OwnSignal {
  readonly type: string
  readonly sdp?: string
  readonly candidate?: { readonly candidate: string }
}

/**
 * What of a signal may leave where addresses are hidden; null: nothing of it. A browser that was told to use TURN servers alone says
 * little else, but a description may name an address in several places, and a relayed candidate the one that it is seen at.
 */
export function concealed(signal: OwnSignal): OwnSignal | null {
  if (signal.candidate !== undefined) {
    const { candidate } = signal.candidate
    // The empty one says that there are no more.
    if (candidate !== '' && !isRelayed(candidate)) return null
    return { ...signal, candidate: { ...signal.candidate, candidate: withoutRelated(candidate) } }
  }
  return signal.sdp === undefined ? signal : { ...signal, sdp: withoutAddresses(signal.sdp) }
}

const isRelayed = (candidate: string): boolean => / typ relay(?: |$)/.test(candidate)

/** RFC 8839, section 5.1: where the address is not to be told, it is zero. */
const withoutRelated = (candidate: string): string =>
  candidate.replace(/ raddr \S+/, ' raddr 0.0.0.0').replace(/ rport \d+/, ' rport 0')

function withoutAddresses(sdp: string): string {
  return linesOf(sdp)
    .filter((line) => !isCandidateLine(line) || isRelayed(line))
    .map((line) => (isCandidateLine(line) ? withoutRelated(line) : withoutOwn(line)))
    .join('\r\n')
}

/** Lines `o=` and `c=` (RFC 8866) end with an address; nobody who trickles candidates needs it. */
const withoutOwn = (line: string): string =>
  /^[oc]=/.test(line) ? line.replace(/IN IP[46] \S+$/, 'IN IP4 0.0.0.0') : line
