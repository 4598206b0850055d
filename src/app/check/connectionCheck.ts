import { relaysOf } from '../../link/iceServers.ts'
import type { IceServer } from '../../link/link.ts'
import type { Log } from '../../shared/log.ts'
import type { OpenSignaling } from '../../signaling/signaling.ts'
import type { View } from '../view.ts'
import { nameOfLine, type CheckLine, type Finding } from './findings.ts'
import type { Gathered, Probes } from './probes.ts'

export interface CheckParts {
  readonly probes: Probes
  readonly brokers: readonly OpenSignaling[]
  /** Those that a connection made now would use. */
  readonly servers: () => readonly IceServer[]
  readonly storage: View['storage']
  readonly log: Log
  /** Hears of the lines at once and whenever one is found out. */
  readonly told: (lines: readonly CheckLine[]) => void
}

/** Probes this browser and its network, all at once; done when every line is found out. The log keeps what was found. */
export async function checkConnection(parts: CheckParts): Promise<void> {
  const { probes, brokers } = parts
  const servers = parts.servers()
  const lines = new Lines(parts)
  const gathering = probes.canConnect ? probes.gather(servers) : null
  const works = [
    lines.add('secure', 1, Promise.resolve({ check: 'secure', isSecure: probes.isSecure })),
    lines.add('storage', 1, storage(parts)),
    lines.add('tabs', 1, tabs(probes)),
    ...(brokers.length === 0 ? [null] : brokers).map((broker, at) =>
      lines.add('broker', at + 1, reached(probes, broker)),
    ),
    lines.add('stun', 1, stun(gathering, servers)),
    lines.add('udp', 1, udp(gathering, servers)),
    lines.add('turn', 1, turn(probes, gathering, servers)),
  ]
  lines.tell()
  await Promise.all(works)
}

/** The lines so far, told anew with each that is found out. */
class Lines {
  readonly #told: CheckParts['told']
  readonly #log: Log
  #lines: readonly CheckLine[] = []

  constructor({ told, log }: CheckParts) {
    this.#told = told
    this.#log = log
  }

  async add(check: Finding['check'], number: number, probing: Promise<Finding>): Promise<void> {
    const name = nameOfLine({ check, number })
    this.#lines = [...this.#lines, { check, number, finding: null }]
    const finding = await probing
    this.#lines = this.#lines.map((line) => (nameOfLine(line) === name ? { ...line, finding } : line))
    this.tell()
    this.#log('info', 'the connection is checked', { name, ...finding })
  }

  tell(): void {
    this.#told(this.#lines)
  }
}

async function storage({ probes, storage: kept }: CheckParts): Promise<Finding> {
  const freeBytes = kept.kind === 'memory' ? kept.limitBytes : await probes.freeBytes()
  return { check: 'storage', kind: kept.kind, freeBytes }
}

async function tabs(probes: Probes): Promise<Finding> {
  if (!probes.canConnect) return { check: 'tabs', outcome: 'missing' }
  return { check: 'tabs', outcome: (await probes.loops([], 'all')) ? 'works' : 'fails' }
}

async function reached(probes: Probes, broker: OpenSignaling | null): Promise<Finding> {
  if (broker === null) return { check: 'broker', outcome: 'none' }
  return { check: 'broker', outcome: (await probes.missed(broker)) ?? 'reached' }
}

/** Null: this browser connects to nobody. */
type Gathering = Promise<Gathered> | null

/** A relay server tells it too. */
async function stun(gathering: Gathering, servers: readonly IceServer[]): Promise<Finding> {
  if (servers.length === 0) return { check: 'stun', outcome: 'none' }
  const { isSeen = false } = (await gathering) ?? {}
  if (isSeen === null) return { check: 'stun', outcome: 'untold' }
  return { check: 'stun', outcome: isSeen ? 'answers' : 'silent' }
}

async function udp(gathering: Gathering, servers: readonly IceServer[]): Promise<Finding> {
  const gathered = await gathering
  if (gathered === null || servers.length === 0) return { check: 'udp', outcome: 'untold' }
  const { isSeen, isRelayedByUdp } = gathered
  if (isSeen === true || isRelayedByUdp) return { check: 'udp', outcome: 'passes' }
  return { check: 'udp', outcome: isSeen === null ? 'untold' : 'blocked' }
}

async function turn(probes: Probes, gathering: Gathering, servers: readonly IceServer[]): Promise<Finding> {
  const relays = relaysOf(servers)
  if (relays.length === 0) return { check: 'turn', outcome: 'none' }
  const gathered = await gathering
  if (gathered?.isRelayed === true) {
    const carries = await probes.loops(relays, 'relay')
    return { check: 'turn', outcome: carries ? 'works' : 'carriesNothing' }
  }
  return { check: 'turn', outcome: gathered?.isRefused === true ? 'refused' : 'silent' }
}
