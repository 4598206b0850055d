import { relaysOf } from '../../link/iceServers.ts'
import type { IceServer } from '../../link/link.ts'
import type { Log } from '../../shared/log.ts'
import type { OpenSignaling } from '../../signaling/signaling.ts'
import type { View } from '../view.ts'
import type { CheckLine, Finding } from './findings.ts'
import type { Gathered, Probes } from './probes.ts'

export interface CheckParts {
  readonly probes: Probes
  readonly brokers: readonly OpenSignaling[]
  readonly servers: readonly IceServer[]
  readonly storage: View['storage']
  readonly log: Log
  /** Hears of the lines at once and whenever one is found out. */
  readonly told: (lines: readonly CheckLine[]) => void
}

/** Probes this browser and its network, all at once; done when every line is found out. The log keeps what was found. */
export async function checkConnection(parts: CheckParts): Promise<void> {
  const { probes, brokers, servers, log } = parts
  const lines = new Lines(parts.told)
  const gathering = probes.canConnect ? probes.gather(servers) : null
  const works = [
    lines.add('secure', 'secure', Promise.resolve({ check: 'secure', isSecure: probes.isSecure })),
    lines.add('storage', 'storage', storage(parts)),
    lines.add('tabs', 'tabs', tabs(probes)),
    ...(brokers.length === 0
      ? [lines.add('broker', 'broker', Promise.resolve({ check: 'broker', number: 1, outcome: 'none' }))]
      : brokers.map((broker, at) =>
          lines.add(at === 0 ? 'broker' : `broker-${at + 1}`, 'broker', reached(probes, broker, at + 1)),
        )),
    lines.add('stun', 'stun', stun(gathering, servers)),
    lines.add('udp', 'udp', udp(gathering, servers)),
    lines.add('turn', 'turn', turn(probes, gathering, servers)),
  ]
  lines.tell()
  for (const { check, ...found } of await Promise.all(works)) log('info', `checked: ${check}`, found)
}

/** The lines so far, told anew with each that is found out. */
class Lines {
  readonly #told: CheckParts['told']
  #lines: readonly CheckLine[] = []

  constructor(told: CheckParts['told']) {
    this.#told = told
  }

  async add(name: string, check: Finding['check'], probing: Promise<Finding>): Promise<Finding> {
    this.#lines = [...this.#lines, { name, check, finding: null }]
    const finding = await probing
    this.#lines = this.#lines.map((line) => (line.name === name ? { ...line, finding } : line))
    this.tell()
    return finding
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

async function reached(probes: Probes, broker: OpenSignaling, number: number): Promise<Finding> {
  const outcome = (await probes.reaches(broker)) ? 'reached' : 'unreachable'
  return { check: 'broker', number, outcome }
}

/** Null: this browser connects to nobody. */
type Gathering = Promise<Gathered> | null

/** A relay server tells it too. */
async function stun(gathering: Gathering, servers: readonly IceServer[]): Promise<Finding> {
  if (servers.length === 0) return { check: 'stun', outcome: 'none' }
  return { check: 'stun', outcome: (await gathering)?.isSeen === true ? 'answers' : 'silent' }
}

async function udp(gathering: Gathering, servers: readonly IceServer[]): Promise<Finding> {
  const gathered = await gathering
  if (gathered === null || servers.length === 0) return { check: 'udp', outcome: 'untold' }
  const passes = gathered.isSeen || gathered.isRelayedByUdp
  return { check: 'udp', outcome: passes ? 'passes' : 'blocked' }
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
