import * as v from 'valibot'
import { bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'

/*
 * What a PeerServer says over its socket, or whoever is in its place. Anything may come; what is not ours and nothing PeerJS needs is
 * dropped.
 */

/** Longer texts cannot be a sealed signal and are not even decoded. */
const sealedLengthMax = Math.ceil((limits.signalSizeMaxBytes * 4) / 3)

const sealedSchema = v.pipe(
  v.string(),
  v.maxLength(sealedLengthMax),
  v.transform(bytesFromBase64Url),
  v.custom<Bytes>((bytes) => bytes !== null),
)

const signalSchema = v.object({
  type: v.literal('OFFER'),
  src: v.optional(v.unknown()),
  payload: v.variant('type', [
    v.object({ type: v.literal('swarmdrop'), sealed: sealedSchema }),
    v.object({ type: v.literal('swarmdrop-echo') }),
  ]),
})

/** What we hear in a message; null for what is not ours. */
export function signalIn(message: unknown): v.InferOutput<typeof signalSchema> | null {
  const signal = v.safeParse(signalSchema, message)
  return signal.success ? signal.output : null
}

const peerjsSchema = v.object({ type: v.picklist(['OPEN', 'ERROR', 'ID-TAKEN', 'INVALID-KEY']) })

/** PeerServer's own words (1.0.2). */
const isFull = 'Server has reached its concurrent user limit'

const refusalSchema = v.union([
  v.object({ type: v.literal('ERROR'), payload: v.object({ msg: v.string() }) }),
  v.object({ type: v.picklist(['ERROR', 'INVALID-KEY']) }),
])

/** Why the broker does not take us, as it says in a message; null for any other message. */
export function refusalIn(message: unknown): 'full' | 'refusing' | null {
  const refusal = v.safeParse(refusalSchema, message)
  if (!refusal.success) return null
  return 'payload' in refusal.output && refusal.output.payload.msg === isFull ? 'full' : 'refusing'
}

/**
 * What PeerJS may hear in a message: without these it knows neither that its id is registered nor that it was refused. Rebuilt, so that
 * it cannot stumble over a missing field. Null for all else.
 */
export function peerjsOwn(message: unknown): { readonly type: string; readonly payload: object } | null {
  const own = v.safeParse(peerjsSchema, message)
  return own.success ? { type: own.output.type, payload: {} } : null
}
