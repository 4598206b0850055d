import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { parseJson } from '../shared/parseJson.ts'
import { leadsToAddress, linesOf, withAddressesOnly } from './candidates.ts'

/** What may pass between two links: a description each way and any number of ICE candidates (trickle, RFC 8838). */
export type LinkSignal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  /** Null: one that leads to no address, and is to be dropped. */
  | { readonly type: 'candidate'; readonly candidate: Candidate | null }

interface Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
}

/** A candidate line is some 150 characters; host names and extensions stay well below this. */
const candidateLengthMax = 1024
const sdpMidLengthMax = 64

/** One media section, and that one for data: a browser would set up decoders for any audio or video it is offered. */
function isDataOnly(sdp: string): boolean {
  const sections = linesOf(sdp).filter((line) => /^\s*m\s*=/i.test(line))
  return sections.length === 1 && sections.every((section) => section.startsWith('m=application '))
}

/** A description that a browser may be given. */
export const descriptionSdp = v.pipe(v.string(), v.check(isDataOnly), v.transform(withAddressesOnly))

const descriptionSchema = v.object({ type: v.picklist(['offer', 'answer']), sdp: descriptionSdp })

const candidateSchema = v.pipe(
  v.object({
    candidate: v.pipe(v.string(), v.maxLength(candidateLengthMax)),
    sdpMid: v.fallback(v.nullable(v.pipe(v.string(), v.maxLength(sdpMidLengthMax))), null),
    // With one media section, its index can only be 0.
    sdpMLineIndex: v.fallback(v.nullable(v.literal(0)), null),
  }),
  // The constructor of RTCIceCandidate throws when both are missing.
  v.check(({ sdpMid, sdpMLineIndex }) => sdpMid !== null || sdpMLineIndex !== null),
  // The empty one says that there are no more (RFC 8838, section 8.2).
  v.transform((whole) => (whole.candidate === '' || leadsToAddress(whole.candidate) ? whole : null)),
)

const signalSchema = v.variant('type', [
  descriptionSchema,
  v.object({ type: v.literal('candidate'), candidate: candidateSchema }),
])

/** Takes any text from a stranger; null unless it is a signal, rebuilt from the fields we know. */
export function parseLinkSignal(text: string): LinkSignal | null {
  const parsed = parseJson(text, limits.signalSizeMaxBytes, signalSchema)
  return parsed.ok ? parsed.value : null
}
