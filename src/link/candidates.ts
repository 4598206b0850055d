import * as v from 'valibot'

/**
 * A candidate as RFC 8839 (section 5.1) writes it. Its address may be a domain name there, which a browser would look up: a
 * member could make everyone's browser ask any name server, or knock at any host by name.
 */
const candidateShape =
  /^(?:a=)?candidate:[\w+/-]{1,32} \d{1,3} [\w-]{1,16} \d{1,10} (?<address>\S{1,64}) \d{1,5} typ [\w-]{1,16}(?: raddr (?<related>\S{1,64}))?(?: rport \d{1,5})?(?: [!-~]+ [!-~]+)*$/

/** A name that is asked for in the local network only: what a browser puts there instead of its own address (mDNS, RFC 6762). */
const localName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.local$/i
const numericAddress = v.pipe(v.string(), v.excludes('%'), v.ip())

const isAddress = (text: string): boolean => localName.test(text) || v.is(numericAddress, text)

/** Whether a candidate leads to an IP address or a `.local` name. Addresses of this device and of its network do count. */
export function leadsToAddress(candidate: string): boolean {
  const { address, related } = candidateShape.exec(candidate)?.groups ?? {}
  return address !== undefined && isAddress(address) && (related === undefined || isAddress(related))
}

/** Every way a browser may break lines: what it reads as a line must be one here too. */
export const linesOf = (sdp: string): string[] => sdp.split(/\r\n|\r|\n/)

/** Some read names of attributes in any case and with blanks around them. */
const candidateLine = /^\s*a\s*=\s*candidate\b/i

export const isCandidateLine = (line: string): boolean => candidateLine.test(line)

/** The description without the candidates that lead elsewhere. */
export const withAddressesOnly = (sdp: string): string =>
  linesOf(sdp)
    .filter((line) => !isCandidateLine(line) || leadsToAddress(line))
    .join('\r\n')
