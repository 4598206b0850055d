import type { Machine } from './machine.ts'

/** A host as URLs write it (IPv6 in brackets), and a port. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

export const isLoopbackName = (host: string): boolean => loopbackNames.has(host)

/**
 * The names this server answers to. A page of a stranger can give its own name our address (DNS rebinding) and would then
 * count as ours to a browser; the name it was asked for by gives it away.
 */
export class Hosts {
  readonly #machine: Machine
  readonly #allowed: ReadonlySet<string>

  /** `allowed` are the names that whoever runs the server adds, in lower case. */
  constructor(machine: Machine, allowed: readonly string[]) {
    this.#machine = machine
    this.#allowed = new Set([...allowed, ...machine.names])
  }

  isOurs(host: string): boolean {
    return isLoopbackName(host) || this.#allowed.has(host) || this.#machine.addresses().includes(host)
  }

  /** Whether a page of this origin may use our broker. Any port: what runs on our own machines is no stranger's. */
  isOurOrigin(origin: string): boolean {
    if (!/^https?:/.test(origin) || !URL.canParse(origin)) return false
    return this.isOurs(new URL(origin).hostname)
  }
}

/** Splits a Host header (RFC 9110, section 7.2) into host and port; null unless it holds exactly that. */
export function parseHost(host: string, secure: boolean): HostAndPort | null {
  if (!/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(host) || !URL.canParse(`http://${host}`)) return null
  const { hostname, port } = new URL(`${secure ? 'https' : 'http'}://${host}`)
  return { host: hostname, port: Number(port) || (secure ? 443 : 80) }
}

/** Takes apart a list of names, with commas or spaces between. Null if one of them is not a name alone. */
export function parseHosts(text: string): string[] | null {
  const names = text.split(/[\s,]+/).filter((name) => name !== '')
  const hosts = names.flatMap((name) => (/:\d+$/.test(name) ? [] : (parseHost(name, false)?.host ?? [])))
  return hosts.length === names.length ? hosts : null
}
