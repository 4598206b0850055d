import * as v from 'valibot'
import type { IceServer } from '../link/link.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { iceServerSchema } from './iceServerShape.ts'

export type BrokerConfig =
  | {
      readonly type: 'peerjs'
      readonly host: string
      readonly port: number
      readonly path: string
      readonly secure: boolean
    }
  | {
      readonly type: 'mqtt'
      /** A ws or wss address, with a name and password in it where the broker wants them. */
      readonly url: string
    }

/** What `config.json` beside the page says. */
export interface Config {
  readonly signaling: readonly BrokerConfig[]
  readonly iceServers: readonly IceServer[]
  /** A service that lends further ones for a while: an https address, or one beside the page. */
  readonly iceServersUrl: string | null
  /** Everybody's address is hidden from the others: links go through TURN servers alone. */
  readonly relayOnly: boolean
  /** 0 for no limit. */
  readonly uploadLimitKBps: number
  /** Where others find this page, if not at its own address; ends where a fragment would begin. */
  readonly pageUrl: string | null
}

/** What a missing file or field means. */
export const defaultConfig: Config = {
  signaling: [{ type: 'peerjs', host: '0.peerjs.com', port: 443, path: '/', secure: true }],
  iceServers: [{ urls: 'stun:stun.l.google.com:19302' }],
  iceServersUrl: null,
  relayOnly: false,
  uploadLimitKBps: 0,
  pageUrl: null,
}

/** Somebody chose something, we cannot know what, and it may have been to keep away from strangers' servers. */
const contactNobody: Config = { ...defaultConfig, signaling: [], iceServers: [] }

/** A config, and what in it could not be understood and was left out, in words. */
export interface ReadConfig {
  readonly config: Config
  readonly faults: readonly string[]
  /** Why the whole file could not be read, in words: then nobody is contacted. Null when it was, or is missing. */
  readonly unreadable: string | null
}

/** The text of a file, null where there is none, or in words why it cannot be had. */
export type FetchText = () => Promise<Result<string | null, string>>

/** Reads `config.json`; a missing file or field means the default, one that cannot be understood never does. */
export async function loadConfig(fetchText: FetchText): Promise<ReadConfig> {
  const text = await fetchText()
  if (!text.ok) return unreadable(text.fault)
  if (text.value === null) return parseConfig({})
  if (text.value.length > limits.configLengthMax) return unreadable('it is too long')
  try {
    return parseConfig(JSON.parse(text.value))
  } catch {
    return unreadable('it is not JSON')
  }
}

/** Fetches a file beside the page, or the answer of a service. Only a plain 404 means that there is none. */
export async function fetchBeside(name: string): Promise<Result<string | null, string>> {
  try {
    const signal = AbortSignal.timeout(limits.answerTimeoutMs)
    const response = await fetch(name, { cache: 'no-cache', redirect: 'manual', signal })
    if (response.type === 'opaqueredirect') return fail('its host sends us elsewhere')
    if (response.status === 404) return ok(null)
    if (!response.ok) return fail(`its host answered ${response.status}`)
    // What many hosts send for whatever they do not have.
    if (response.headers.get('content-type')?.startsWith('text/html'))
      return fail('its host sent a page instead')
    return await textWithin(response, limits.answerLengthMax)
  } catch (error) {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError'
    return fail(isTimeout ? 'its host did not answer' : 'its host could not be reached')
  }
}

/** What is too long is not read to its end. */
async function textWithin({ body }: Response, lengthMax: number): Promise<Result<string, string>> {
  if (body === null) return ok('')
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    text += read.value
    if (text.length > lengthMax) {
      await reader.cancel()
      return fail('its answer is too long')
    }
  }
  return ok(text)
}

export function parseConfig(value: unknown): ReadConfig {
  const fields = v.safeParse(fieldsSchema, value)
  if (!fields.success || Array.isArray(value)) return unreadable('it is not an object')
  const { signaling, iceServers, iceServersUrl, relayOnly, uploadLimitKBps, pageUrl } = fields.output
  const faults: string[] = []
  const list = <Item>(name: string, schema: Schema<Item>, listed: unknown, max: number): readonly Item[] => {
    if (!Array.isArray(listed)) {
      faults.push(`"${name}" is not a list`)
      return []
    }
    if (listed.length > max) faults.push(`of "${name}" only the first ${max} entries are used`)
    return listed.slice(0, max).flatMap((item, at) => {
      const parsed = v.safeParse(schema, item)
      if (!parsed.success) faults.push(`entry ${at + 1} of "${name}" is not understood`)
      return parsed.success ? [parsed.output] : []
    })
  }
  const single = <Item>(schema: Schema<Item>, field: unknown, otherwise: Item, fault: string): Item => {
    const parsed = v.safeParse(schema, field)
    if (!parsed.success) faults.push(fault)
    return parsed.success ? parsed.output : otherwise
  }
  const config = {
    signaling: list('signaling', brokerSchema, signaling, limits.brokersMax),
    iceServers: list('iceServers', iceServerSchema, iceServers, limits.iceServersMax),
    iceServersUrl: single(
      lenderSchema,
      iceServersUrl,
      null,
      '"iceServersUrl" is neither an https address nor one beside the page',
    ),
    // Of whoever writes anything there, nobody's address is to be told by a slip.
    relayOnly: single(v.boolean(), relayOnly, true, '"relayOnly" is neither true nor false'),
    uploadLimitKBps: single(rateSchema, uploadLimitKBps, 0, '"uploadLimitKBps" is not a number from 0 on'),
    pageUrl: single(pageUrlSchema, pageUrl, null, '"pageUrl" is not an http or https address'),
  }
  return { config, faults, unreadable: null }
}

const unreadable = (why: string): ReadConfig => ({ config: contactNobody, faults: [], unreadable: why })

type Schema<Item> = v.GenericSchema<unknown, Item>

/** Each field is parsed by itself, so that one that is wrong spoils no other. */
const fieldsSchema = v.object({
  signaling: v.optional(v.unknown(), () => defaultConfig.signaling),
  iceServers: v.optional(v.unknown(), () => defaultConfig.iceServers),
  iceServersUrl: v.optional(v.unknown(), defaultConfig.iceServersUrl),
  relayOnly: v.optional(v.unknown(), defaultConfig.relayOnly),
  uploadLimitKBps: v.optional(v.unknown(), defaultConfig.uploadLimitKBps),
  pageUrl: v.optional(v.unknown(), defaultConfig.pageUrl),
})

const brokerSchema: Schema<BrokerConfig> = v.union([
  v.object({
    type: v.literal('peerjs'),
    host: v.pipe(v.string(), v.nonEmpty()),
    port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), 443),
    path: v.optional(v.string(), '/'),
    secure: v.optional(v.boolean(), true),
  }),
  v.object({
    type: v.literal('mqtt'),
    // Without a fragment, which no WebSocket may have, and with no percent sign that stands for nothing.
    url: v.pipe(
      v.string(),
      v.url(),
      v.regex(/^wss?:(?:[^#%]|%[\da-f]{2})*$/i),
      v.transform((text) => new URL(text).href),
    ),
  }),
])

const rateSchema = v.pipe(v.number(), v.finite(), v.minValue(0))

/** An address of another scheme, or of another host without encryption, is none; what is no URL by itself is one beside the page. */
const lenderSchema: Schema<string | null> = v.nullable(
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.check((text) => {
      if (!URL.canParse(text, 'https://page.example/')) return false
      const { protocol, username, password } = new URL(text, 'https://page.example/')
      return protocol === 'https:' && username === '' && password === ''
    }),
  ),
)

const pageUrlSchema: Schema<string | null> = v.nullable(
  v.pipe(
    v.string(),
    v.url(),
    v.regex(/^https?:/i),
    v.transform((text) => new URL(text)),
    v.check(({ username, password }) => username === '' && password === ''),
    v.transform((url) => {
      url.hash = ''
      return url.href
    }),
  ),
)
