import { isRoot } from '../../scripts/browser.mjs'
import { whatIsMissing } from '../../scripts/commands.ts'
import type { Teardown } from '../teardown.ts'
import { cable, closeNamespaces, commandIn, openNamespaces, runIn } from './namespaces.ts'

/** Why this machine has no local network to offer; null where it has. */
export function whyNoLanLab(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux'
  if (!isRoot()) return 'network namespaces need root'
  const missing = whatIsMissing('ip')
  if (missing !== null) return missing
  try {
    openNamespaces(['probe'])
    return null
  } catch {
    return 'this system makes no network namespaces'
  } finally {
    closeNamespaces(['probe'])
  }
}

const switchName = 'switch'

/** Computers at one switch, whose cable to the outside is out: none of them has a way to anywhere else. They end with the teardown. */
export class LanLab {
  static open(hostCount: number, teardown: Teardown): LanLab {
    const hosts = Array.from({ length: hostCount }, (_, at) => at + 1)
    const all = [switchName, ...hosts.map(nameOf)]
    teardown.defer(() => closeNamespaces(all))
    openNamespaces(all)
    runIn(switchName, 'ip link add bridge type bridge')
    runIn(switchName, 'ip link set bridge up')
    for (const host of hosts) {
      const name = nameOf(host)
      cable(name, 'lan', switchName, `to-${name}`)
      runIn(switchName, `ip link set to-${name} master bridge`)
      runIn(name, `ip addr add ${addressOf(host)}/24 dev lan`)
    }
    return new LanLab()
  }

  /** From 1. */
  addressOf(host: number): string {
    return addressOf(host)
  }

  /** The words that have a command run there. */
  commandAt(host: number): readonly string[] {
    return commandIn(nameOf(host))
  }

  /** What the system says of the way to an address; it has none. */
  wayFrom(host: number, address: string): string {
    try {
      return runIn(nameOf(host), `ip route get ${address}`)
    } catch (error) {
      return String((error as { readonly stderr?: unknown }).stderr ?? error).trim()
    }
  }
}

const nameOf = (host: number): string => `host${host}`
const addressOf = (host: number): string => `10.66.0.${host}`
