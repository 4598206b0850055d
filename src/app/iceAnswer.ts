import * as v from 'valibot'
import type { IceServer } from '../link/link.ts'
import { limits } from '../shared/limits.ts'
import { parseJson } from '../shared/parseJson.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { iceServerSchema } from './iceServerShape.ts'

/** ICE servers whose credentials end. */
export interface LentServers {
  readonly servers: readonly IceServer[]
  /** How long they hold from now on. */
  readonly lifeMs: number
}

/** Also as text, as some services write it. */
const secondsSchema = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.decimal(), v.transform(Number))]),
  v.finite(),
  v.minValue(1),
)
const ttlSchema = v.fallback(v.optional(secondsSchema), undefined)

/** What coturn's REST API answers (draft-uberti-behave-turn-rest-00). */
const restSchema = v.pipe(
  v.object({
    username: v.string(),
    password: v.string(),
    uris: v.array(v.string()),
    ttl: ttlSchema,
  }),
  v.transform(({ username, password, uris, ttl }) => ({
    listed: uris.map((urls): unknown => ({ urls, username, credential: password })),
    ttl,
  })),
)

/** An RTCConfiguration, whose list some services write as its one entry. */
const configurationSchema = v.pipe(
  v.object({ iceServers: v.union([v.array(v.unknown()), v.looseObject({})]), ttl: ttlSchema }),
  v.transform(({ iceServers, ttl }) => ({ listed: [iceServers].flat(), ttl })),
)

const listSchema = v.pipe(
  v.array(v.unknown()),
  v.transform((listed) => ({ listed, ttl: undefined })),
)

const answerSchema = v.union([configurationSchema, restSchema, listSchema])

/**
 * Takes what a service answers that hands out ICE servers: an RTCConfiguration, its list alone, or coturn's REST API. Entries that make
 * no sense are left out. The fault is in words.
 */
export function parseIceAnswer(text: string): Result<LentServers, string> {
  const answer = parseJson(text, limits.iceAnswerLengthMax, answerSchema)
  if (!answer.ok)
    return fail(answer.fault.code === 'oversized' ? 'the answer is too long' : 'the answer makes no sense')
  const { listed, ttl } = answer.value
  const servers = listed.flatMap((entry) => {
    const parsed = v.safeParse(iceServerSchema, entry)
    return parsed.success ? [parsed.output] : []
  })
  if (servers.length === 0) return fail('the answer names no server')
  const lifeMs = ttl === undefined ? limits.iceLifeDefaultMs : Math.min(ttl * 1000, limits.iceLifeMaxMs)
  return ok({ servers, lifeMs: Math.max(lifeMs, limits.iceLifeMinMs) })
}
