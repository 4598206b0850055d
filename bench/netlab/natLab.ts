import { isRoot } from '../../scripts/browser.mjs'
import { whatIsMissing } from '../../scripts/commands.ts'
import type { Teardown } from '../teardown.ts'
import { cable, closeNamespaces, commandIn, openNamespaces, runIn } from './namespaces.ts'

/**
 * How a home's router translates addresses. A cone keeps a port for whomever it is used with, so that a server can tell which it is
 * (RFC 4787: endpoint-independent mapping); a symmetric one takes another for each other side. `tcpOnly` lets no UDP out at all.
 */
export type NatKind = 'cone' | 'symmetric' | 'tcpOnly'

/** Where programs run: two homes, each behind a router; two computers without one, side by side; and what all of them reach. */
export type Place = 'home1' | 'home2' | 'street1' | 'street2' | 'internet'

/** Of the internet: page, broker, STUN and TURN server. */
export const internetAddress = '10.99.0.1'

/** Why this machine has no routers to offer; null where it has. */
export function whyNoNatLab(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux'
  if (!isRoot()) return 'network namespaces need root'
  const missing = whatIsMissing('ip', 'iptables', 'turnserver')
  if (missing !== null) return missing
  try {
    openNamespaces(['probe'])
    natTable('probe', 'cone')
    return null
  } catch {
    return 'this system makes no network namespaces, or none with NAT'
  } finally {
    closeNamespaces(['probe'])
  }
}

const places: readonly Place[] = ['home1', 'home2', 'street1', 'street2', 'internet']
const street = [
  { name: 'street1', address: '10.99.0.30' },
  { name: 'street2', address: '10.99.0.31' },
] as const
const streetNetwork = '10.99.0.30/31'
const routers = ['router1', 'router2'] as const
/** Takes what nobody has a way to. */
const nowhere = 'nowhere'

/** Real routers of Linux between real network stacks, on one machine. They end with the teardown. */
export class NatLab {
  static open(kind: NatKind, teardown: Teardown): NatLab {
    const all = [...places, ...routers, nowhere]
    teardown.defer(() => closeNamespaces(all))
    openNamespaces(all)
    layInternet()
    for (const [at, router] of routers.entries()) {
      plugIn(router, `10.99.0.${11 + at}`)
      layHome(`home${at + 1}`, router, `192.168.${1 + at}`)
      natTable(router, kind)
    }
    for (const { name, address } of street) plugIn(name, address)
    // Counted by a rule that changes nothing.
    for (const { name } of street) runIn(name, `iptables -A INPUT -s ${streetNetwork}`)
    return new NatLab()
  }

  /** Packets that came to one of the two side by side straight from the other. */
  packetsSideBySide(): number {
    const counted = street.map(({ name }) => {
      const told = runIn(name, 'iptables -nvxL INPUT')
      return Number(
        told
          .split('\n')
          .find((line) => line.includes(streetNetwork))
          ?.trim()
          .split(/\s+/)[0],
      )
    })
    return counted.reduce((sum, packets) => sum + packets, 0)
  }

  /** The words that have a command run at that place. */
  commandAt(place: Place): readonly string[] {
    return commandIn(place)
  }
}

/** What has no way is lost in silence, as out there: an error would have the TURN server end what it lends. */
function layInternet(): void {
  runIn('internet', 'ip link add bridge type bridge')
  runIn('internet', `ip addr add ${internetAddress}/24 dev bridge`)
  runIn('internet', 'ip link set bridge up')
  cable('internet', 'out', nowhere, 'in')
  runIn('internet', 'ip addr add 10.98.0.1/24 dev out')
  runIn(nowhere, 'ip addr add 10.98.0.2/24 dev in')
  runIn('internet', 'ip route add default via 10.98.0.2')
}

function plugIn(name: string, address: string): void {
  cable(name, 'wan', 'internet', `to-${name}`)
  runIn('internet', `ip link set to-${name} master bridge`)
  runIn(name, `ip addr add ${address}/24 dev wan`)
  runIn(name, `ip route add default via ${internetAddress}`)
}

function layHome(home: string, router: string, network: string): void {
  cable(home, 'lan', router, 'lan')
  runIn(home, `ip addr add ${network}.2/24 dev lan`)
  runIn(router, `ip addr add ${network}.1/24 dev lan`)
  runIn(home, `ip route add default via ${network}.1`)
  runIn(router, 'sysctl -qw net.ipv4.ip_forward=1')
}

/** What comes in unasked is dropped: an answer of the router's own would take the place of the hole that is being made. */
function natTable(router: string, kind: NatKind): void {
  const ports = kind === 'symmetric' ? ' --random-fully' : ''
  runIn(router, `iptables -t nat -A POSTROUTING -o wan -j MASQUERADE${ports}`)
  if (kind === 'tcpOnly') runIn(router, 'iptables -A FORWARD -p udp -j DROP')
  runIn(router, 'iptables -A INPUT -i wan -j DROP')
  runIn(router, 'iptables -A FORWARD -i wan -m state --state ESTABLISHED,RELATED -j ACCEPT')
  runIn(router, 'iptables -A FORWARD -i wan -j DROP')
}
