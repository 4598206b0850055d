import { urlsOf } from '../link/iceServers.ts'
import type { Config } from './config.ts'

/** How near an address is: to this device alone, in its network, or anywhere (Local Network Access, "IP address space"). */
export type AddressSpace = 'loopback' | 'local' | 'public'

/** RFC 1918, 6598, 3927, 1122. */
const localIpv4 =
  /^(?:0|10|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./
const loopbackIpv4 = /^127\./
/** Names that only a network's own servers know (RFC 6762, 8375), and those without a dot. */
const localName = /(?:^|\.)(?:local|home\.arpa|internal|lan)$|^[^.]+$/

/** `host`: of a URL, with or without the brackets of IPv6. A name that only looks public may lead anywhere. */
export function addressSpaceOf(host: string): AddressSpace {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '')
  if (name.includes(':')) return ipv6Space(name)
  if (/^[\d.]+$/.test(name)) {
    if (loopbackIpv4.test(name)) return 'loopback'
    return localIpv4.test(name) ? 'local' : 'public'
  }
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback'
  return localName.test(name) ? 'local' : 'public'
}

/** All but 2000::/3 (RFC 4291) is somewhere near. */
function ipv6Space(address: string): AddressSpace {
  if (address === '::1') return 'loopback'
  return /^[23]/.test(address) ? 'public' : 'local'
}

type Ways = Pick<Config, 'signaling' | 'iceServers' | 'iceServersUrl'>

/** Whether the page and all that it contacts is in this network, so that it goes on with the cable to the outside out. */
export function worksWithoutInternet(pageHost: string, ways: Ways): boolean {
  return [pageHost, ...hostsOf(pageHost, ways)].every((host) => addressSpaceOf(host) !== 'public')
}

const ranks: readonly AddressSpace[] = ['public', 'local', 'loopback']

/** Whether a browser asks people before the page may reach its brokers: one of them is nearer than the page is. Null where none is. */
export function asksToReach(pageHost: string, { signaling }: Pick<Ways, 'signaling'>): AddressSpace | null {
  const own = ranks.indexOf(addressSpaceOf(pageHost))
  const nearer = signaling.map((broker) => addressSpaceOf(brokerHost(broker)))
  return nearer.find((space) => ranks.indexOf(space) > own) ?? null
}

/** What people know a broker by: its host, and its port where that is not the usual one. */
export const brokerName = (broker: Config['signaling'][number]): string => {
  if (broker.type === 'mqtt') return new URL(broker.url).host
  return broker.port === (broker.secure ? 443 : 80) ? broker.host : `${broker.host}:${broker.port}`
}

const brokerHost = (broker: Config['signaling'][number]): string =>
  broker.type === 'peerjs' ? broker.host : new URL(broker.url).hostname

function hostsOf(pageHost: string, { signaling, iceServers, iceServersUrl }: Ways): string[] {
  const lender = iceServersUrl === null ? [] : [new URL(iceServersUrl, `https://${pageHost}/`).hostname]
  return [...signaling.map(brokerHost), ...iceServers.flatMap(urlsOf).map(iceHost), ...lender]
}

/** RFC 7064 and 7065: `stun:host:port`, with brackets around IPv6. */
const iceHost = (url: string): string => /^\w+:(\[[^\]]*\]|[^:?]*)/.exec(url)?.[1] ?? ''
