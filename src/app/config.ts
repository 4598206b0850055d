import type { IceServer } from '../link/link.ts'
import { limits } from '../shared/limits.ts'

export type BrokerConfig = {
  readonly type: 'peerjs'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly secure: boolean
}

/** What `config.json` beside the page says. */
export interface Config {
  readonly signaling: readonly BrokerConfig[]
  readonly iceServers: readonly IceServer[]
  /** 0 for no limit. */
  readonly uploadLimitKBps: number
  /** The page's address as other devices reach it; absent where its own will do. */
  readonly pageUrl?: string
}

export const defaultConfig: Config = {
  signaling: [{ type: 'peerjs', host: '0.peerjs.com', port: 443, path: '/', secure: true }],
  iceServers: [{ urls: 'stun:stun.l.google.com:19302' }],
  uploadLimitKBps: 0,
}

/** A config, and what in it could not be understood and was left out, in words. */
export interface ReadConfig {
  readonly config: Config
  readonly faults: readonly string[]
}

/** Reads `config.json`; a missing file or field means the default. */
export async function loadConfig(fetchText: () => Promise<string | null>): Promise<ReadConfig> {
  const text = await fetchText()
  if (text === null) return { config: defaultConfig, faults: [] }
  try {
    return parseConfig(JSON.parse(text))
  } catch {
    return { config: defaultConfig, faults: ['config.json is not JSON'] }
  }
}

/** The text of a file beside the page; null when there is none or the network is away. */
export async function fetchBeside(name: string): Promise<string | null> {
  try {
    const response = await fetch(name, { cache: 'no-cache' })
    return response.ok ? await response.text() : null
  } catch {
    return null
  }
}

export function parseConfig(value: unknown): ReadConfig {
  if (!isRecord(value)) return { config: defaultConfig, faults: ['config.json is not an object'] }
  const faults: string[] = []
  const list = <Item>(name: string, parse: (item: unknown) => Item | null, otherwise: readonly Item[]) => {
    const items = value[name]
    if (items === undefined) return otherwise
    if (!Array.isArray(items)) {
      faults.push(`"${name}" is not a list`)
      return otherwise
    }
    return items.slice(0, limits.brokersMax).flatMap((item, at) => {
      const parsed = parse(item)
      if (parsed === null) faults.push(`entry ${at + 1} of "${name}" is not understood`)
      return parsed === null ? [] : [parsed]
    })
  }
  const signaling = list('signaling', parseBroker, defaultConfig.signaling)
  const iceServers = list('iceServers', parseIceServer, defaultConfig.iceServers)
  const limit = value['uploadLimitKBps'] ?? defaultConfig.uploadLimitKBps
  const isLimit = typeof limit === 'number' && Number.isFinite(limit) && limit >= 0
  if (!isLimit) faults.push('"uploadLimitKBps" is not a number from 0 on')
  return { config: { signaling, iceServers, uploadLimitKBps: isLimit ? limit : 0 }, faults }
}

function parseBroker(value: unknown): BrokerConfig | null {
  if (!isRecord(value) || value['type'] !== 'peerjs') return null
  const { host, port = 443, path = '/', secure = true } = value
  if (typeof host !== 'string' || host === '' || typeof path !== 'string') return null
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return null
  return typeof secure === 'boolean' ? { type: 'peerjs', host, port, path, secure } : null
}

function parseIceServer(value: unknown): IceServer | null {
  if (!isRecord(value)) return null
  const { urls, username, credential } = value
  const isUrls =
    typeof urls === 'string' || (Array.isArray(urls) && urls.every((url) => typeof url === 'string'))
  if (!isUrls) return null
  return {
    urls,
    ...(typeof username === 'string' && { username }),
    ...(typeof credential === 'string' && { credential }),
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
