import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Hosts, HostAndPort } from './hosts.ts'
import { parseHost } from './hosts.ts'
import type { Machine } from './machine.ts'
import { securityHeaders } from './securityHeaders.ts'

/** Whether a request is answered, at which of our addresses it came in, or why it is not. */
export type Admission =
  { readonly admitted: true; readonly at: HostAndPort; readonly secure: boolean } | Refusal

export interface Refusal {
  readonly admitted: false
  readonly status: number
  readonly why: string
  /** Where it would be answered. */
  readonly location?: string
}

const refusal = (status: number, why: string): Refusal => ({ admitted: false, status, why })

/**
 * Decides by the name a request asks for, and by where it comes from: on a network plain http can be read and changed
 * by others, and browsers give a page on it neither encryption nor disk, so only this machine itself gets it.
 */
export function admit(request: IncomingMessage, hosts: Hosts, machine: Machine): Admission {
  const secure = 'encrypted' in request.socket
  const host = request.headers.host ?? ''
  const at = parseHost(host, secure)
  if (at === null) return refusal(400, 'The Host header is malformed.')
  if (!hosts.isOurs(at.host)) {
    return refusal(
      421,
      `This server does not go by that name. Whoever runs it can allow it: SWARMDROP_HOSTS=${at.host} npm start`,
    )
  }
  if (secure || machine.isItself(request.socket.remoteAddress ?? '')) return { admitted: true, at, secure }
  const path = request.url?.startsWith('/') ? request.url : '/'
  return { ...refusal(308, 'Only https from other machines.'), location: `https://${host}${path}` }
}

/** The same for a WebSocket, which browsers let any page open: the page's origin has to be ours, too. */
export function admitUpgrade(request: IncomingMessage, hosts: Hosts, machine: Machine): Admission {
  const admission = admit(request, hosts, machine)
  if (!admission.admitted) {
    // WebSockets follow no redirects (RFC 6455, section 4.1).
    return 'location' in admission ? refusal(403, 'Only wss from other machines.') : admission
  }
  const { origin } = request.headers
  if (origin === undefined || hosts.isOurOrigin(origin)) return admission
  return refusal(
    403,
    'Pages from there may not use this broker. Whoever runs it can allow them: SWARMDROP_HOSTS=… npm start',
  )
}

/** Answers on a connection that is no HTTP response (yet, or any more), and ends it. */
export function refuseRaw(socket: Duplex, status: number, why: string): void {
  const headers = {
    ...securityHeaders,
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(why)),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.on('error', () => socket.destroy())
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', why].join('\r\n'), () =>
    socket.destroy(),
  )
}
