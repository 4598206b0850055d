import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { parseJson } from '../shared/parseJson.ts'
import type { Result } from '../shared/result.ts'

/** What the two sides of a link say of its further lanes, as text on the control channel. */
export type LaneWords =
  /** A signal of the lane's connection, as JSON text; the first, an offer, opens the lane. */
  | { readonly lane: number; readonly signal: string }
  /** The sender has given the lane up, or will not have it. */
  | { readonly lane: number; readonly closed: true }

const lane = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const wordsSchema = v.union([
  v.object({ lane, signal: v.string() }),
  v.object({ lane, closed: v.literal(true) }),
])

export const encodeLaneWords = (words: LaneWords): string => JSON.stringify(words)

/** Takes any text from the other side; none of ours is longer than what every browser takes at once. */
export const decodeLaneWords = (text: string): Result<LaneWords, unknown> =>
  parseJson(text, limits.channelMessageMinBytes, wordsSchema)
