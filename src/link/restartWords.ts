import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { parseJson } from '../shared/parseJson.ts'
import { descriptionSdp } from './linkSignal.ts'

/** What the two sides of an open link say to find another path for it (ICE restart, RFC 8445, section 9). */
export type RestartWords =
  /** The side that answered the link asks for an offer: as one side alone offers, two never do at once. */
  | { readonly type: 'restartWanted' }
  /** A description with all candidates in it: letters overtake each other, and a candidate of the round before would be none of this one. */
  | { readonly type: 'restartOffer' | 'restartAnswer'; readonly round: number; readonly sdp: string }

const wordsSchema = v.variant('type', [
  v.object({ type: v.literal('restartWanted') }),
  v.object({
    type: v.picklist(['restartOffer', 'restartAnswer']),
    round: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    sdp: descriptionSdp,
  }),
])

/** Takes any text from the other side; null unless it is of a restart, rebuilt from the fields we know. */
export function parseRestartWords(text: string): RestartWords | null {
  const parsed = parseJson(text, limits.signalSizeMaxBytes, wordsSchema)
  return parsed.ok ? parsed.value : null
}
