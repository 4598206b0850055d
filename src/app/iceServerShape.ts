import * as v from 'valibot'
import type { IceServer } from '../link/link.ts'

/** A browser throws over any other, and then there would be no link at all (RFC 7064, RFC 7065). */
const stunUrl = v.pipe(v.string(), v.regex(/^stuns?:[^\s?]+$/i))
const turnUrl = v.pipe(v.string(), v.regex(/^turns?:[^\s?]+(\?transport=\w+)?$/i))

/** An ICE server as config.json, and services that hand out credentials, write it. */
export const iceServerSchema: v.GenericSchema<unknown, IceServer> = v.union([
  v.object({ urls: someOf(v.union([stunUrl, turnUrl])), username: v.string(), credential: v.string() }),
  v.object({ urls: someOf(stunUrl) }),
])

function someOf<Url extends v.GenericSchema<string>>(url: Url) {
  return v.union([url, v.pipe(v.array(url), v.nonEmpty())])
}
