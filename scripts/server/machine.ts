import { hostname } from 'node:os'
import { networkAddresses } from '../addresses.ts'

/** What the server knows of the machine it runs on. */
export interface Machine {
  /** Names others on the network may know it by, in lower case. */
  readonly names: readonly string[]
  /** Its addresses on the network just now, the likeliest first: a laptop wanders. */
  addresses(): readonly string[]
  /** Whether a connection from this address comes from the machine itself. */
  isItself(remoteAddress: string): boolean
}

export const thisMachine: Machine = {
  names: namesOf(hostname()),
  addresses: networkAddresses,
  isItself: isLoopback,
}

/** A host's own name, and the one by which multicast DNS knows it (RFC 6762). None if DNS could not carry it. */
export function namesOf(host: string): string[] {
  const name = host.toLowerCase()
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name)) return []
  return [...new Set([name, `${name.split('.')[0]}.local`])]
}

/** 127/8 and ::1, also as an IPv6 socket writes the former. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address)
}
