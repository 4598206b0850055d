import { createHmac } from 'node:crypto'

/** A TURN server that whoever runs us shares a secret with (coturn: `use-auth-secret`, `static-auth-secret`). */
export interface TurnOptions {
  readonly secret: string
  /** `turn:` and `turns:` addresses, and `stun:` ones. */
  readonly urls: readonly string[]
}

/** What the page understands where its configuration names this path as `iceServersUrl`. */
export interface TurnAnswer {
  readonly iceServers: readonly { urls: readonly string[]; username: string; credential: string }[]
  /** Seconds for which the credentials hold. */
  readonly ttl: number
}

/** Beside the page. */
export const turnCredentialsPath = 'turn-credentials'

/** Credentials that a TURN server takes for so long (draft-uberti-behave-turn-rest-00, section 2.2). `nowMs`: since 1970. */
export function turnCredentials({ secret, urls }: TurnOptions, lifeMs: number, nowMs: number): TurnAnswer {
  const ttl = Math.floor(lifeMs / 1000)
  const username = `${Math.floor(nowMs / 1000) + ttl}:swarmdrop`
  const credential = createHmac('sha1', secret).update(username).digest('base64')
  return { iceServers: [{ urls, username, credential }], ttl }
}

const isUsable = (url: string): boolean =>
  /^(stuns?:[^\s?]+|turns?:[^\s?]+(\?transport=(udp|tcp))?)$/i.test(url)

/** Takes `TURN_SECRET` and `TURN_URLS`. Undefined where neither is there; in words why they cannot be used. */
export function parseTurn(secret: string, urls: string): TurnOptions | string | undefined {
  const listed = urls.split(/[\s,]+/).filter((url) => url !== '')
  if (secret === '' && listed.length === 0) return undefined
  if (secret === '')
    return 'TURN_URLS is of use only with TURN_SECRET, the secret shared with the TURN server.'
  if (listed.length > 0 && listed.every(isUsable)) return { secret, urls: listed }
  return `TURN_URLS=${urls} is not a list of addresses such as turn:turn.example:3478, with commas between.`
}
