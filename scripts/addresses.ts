import { networkInterfaces } from 'node:os'

type Interfaces = ReturnType<typeof networkInterfaces>

/** Bridges, containers, tunnels and virtual machines: a phone in the room is seldom behind one of these. */
const virtualInterface =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|utun|tun|tap|tailscale|wg|zt|lxc|cni)/i

/**
 * The IPv4 addresses under which others on the network can reach this machine, all of them, the likeliest first:
 * real interfaces before virtual ones, then private ranges (RFC 1918) before others, then as the system lists them.
 * Loopback and link-local (169.254/16) addresses are left out.
 */
export function networkAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  return Object.entries(interfaces)
    .flatMap(([name, infos]) =>
      (infos ?? [])
        .filter((info) => info.family === 'IPv4' && !info.internal && !info.address.startsWith('169.254.'))
        .map(({ address }) => ({ address, rank: rank(name, address) })),
    )
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ address }) => address)
}

function rank(interfaceName: string, address: string): number {
  return (virtualInterface.test(interfaceName) ? 2 : 0) + (isPrivate(address) ? 0 : 1)
}

function isPrivate(address: string): boolean {
  const [first = 0, second = 0] = address.split('.').map(Number)
  return first === 10 || (first === 192 && second === 168) || (first === 172 && second >= 16 && second <= 31)
}
