import { limits } from '../shared/limits.ts'

/** What may pass between two links: a description each way and any number of ICE candidates (trickle, RFC 8838). */
export type LinkSignal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: Candidate }

interface Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
}

/** A candidate line is some 150 characters; host names and extensions stay well below this. */
const candidateLengthMax = 1024
const sdpMidLengthMax = 64

/** Takes any text from a stranger; null unless it is a signal, rebuilt from the fields we know. */
export function parseLinkSignal(text: string): LinkSignal | null {
  if (text.length > limits.signalSizeMaxBytes) return null
  const signal = parseRecord(text)
  if (!signal) return null
  const { type, sdp, candidate } = signal
  if ((type === 'offer' || type === 'answer') && typeof sdp === 'string') {
    return isDataOnly(sdp) ? { type, sdp } : null
  }
  if (type !== 'candidate' || !isRecord(candidate)) return null
  const parsed = parseCandidate(candidate)
  return parsed && { type, candidate: parsed }
}

/** One media section, and that one for data: a browser would set up decoders for any audio or video it is offered. */
function isDataOnly(sdp: string): boolean {
  const sections = sdp.match(/^m=.*/gm) ?? []
  return sections.length === 1 && sections.every((section) => section.startsWith('m=application '))
}

function parseCandidate({ candidate, sdpMid, sdpMLineIndex }: Record<string, unknown>): Candidate | null {
  if (typeof candidate !== 'string' || candidate.length > candidateLengthMax) return null
  const mid = typeof sdpMid === 'string' && sdpMid.length <= sdpMidLengthMax ? sdpMid : null
  // With one media section, its index can only be 0. The constructor of RTCIceCandidate throws when both are missing.
  const index = sdpMLineIndex === 0 ? 0 : null
  return mid === null && index === null ? null : { candidate, sdpMid: mid, sdpMLineIndex: index }
}

function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
