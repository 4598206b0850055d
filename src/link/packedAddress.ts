import type { Bytes } from '../shared/bytes.ts'

/** What an address of a candidate is, and how many bytes it takes. */
export interface AddressKind {
  readonly name: 'ipv4' | 'ipv6' | 'local'
  readonly bytes: number
}

const ipv4: AddressKind = { name: 'ipv4', bytes: 4 }
const ipv6: AddressKind = { name: 'ipv6', bytes: 16 }
/** A name that a browser made up in place of an address (RFC 8828, mDNS): a random UUID. */
const local: AddressKind = { name: 'local', bytes: 16 }

/** In the order of their numbers in what is packed. */
export const addressKinds: readonly AddressKind[] = [ipv4, ipv6, local]

const ipv4Text = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const localText = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i
/** Eight groups, some of which may be left out once. */
const ipv6Text = /^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}$/i

export interface PackedAddress {
  readonly kind: AddressKind
  /** As many as the kind takes. */
  readonly bytes: Bytes
}

/** Null for what is no address that a browser of today names. */
export function packAddress(text: string): PackedAddress | null {
  const uuid = localText.exec(text)?.slice(1).join('')
  if (uuid !== undefined) return { kind: local, bytes: fromHex(uuid) }
  const numbers = ipv4Text.exec(text)?.slice(1).map(Number)
  if (numbers !== undefined)
    return numbers.every((number) => number < 256) ? { kind: ipv4, bytes: Uint8Array.from(numbers) } : null
  const groups = ipv6Text.test(text) ? groupsOf(text) : null
  return groups && { kind: ipv6, bytes: fromHex(groups.map((group) => group.padStart(4, '0')).join('')) }
}

export function unpackAddress({ kind: { name }, bytes }: PackedAddress): string {
  if (name === 'ipv4') return bytes.join('.')
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (name === 'ipv6') return (hex.match(/.{4}/g) ?? []).join(':')
  const places = [0, 8, 12, 16, 20, 32]
  return `${places
    .slice(1)
    .map((end, at) => hex.slice(places[at], end))
    .join('-')}.local`
}

/** Null unless they are eight, those counted that `::` leaves out (RFC 4291, section 2.2). */
function groupsOf(text: string): string[] | null {
  const halves = text.split('::')
  const [before = [], after] = halves.map((half) => (half === '' ? [] : half.split(':')))
  if (halves.length > 2 || [...before, ...(after ?? [])].includes('')) return null
  const leftOut = 8 - before.length - (after?.length ?? 0)
  if (after === undefined) return leftOut === 0 ? before : null
  return leftOut > 0 ? [...before, ...Array<string>(leftOut).fill('0'), ...after] : null
}

const fromHex = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
