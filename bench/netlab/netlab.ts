import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { isRoot } from '../../scripts/browser.mjs'
import { whatIsMissing } from '../../scripts/commands.ts'
import { rootFolder } from '../../scripts/setup.mjs'
import type { Teardown } from '../teardown.ts'

/** How a host is joined to the emulated internet. A rate of 0 is no limit. */
export interface AccessLink {
  readonly upKbps: number
  readonly downKbps: number
  /** To the core of the network: a round trip of two hosts takes twice the sum of both. */
  readonly delayMs: number
  /** Of the packets that it sends and of those that it is sent, from 0 to 1. */
  readonly lossRatio: number
}

export const unlimitedLink: AccessLink = { upKbps: 0, downKbps: 0, delayMs: 0, lossRatio: 0 }

/** What the emulator counted for one host since it began: whole IP packets. */
export interface HostCounters {
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly droppedPackets: number
}

const source = join(rootFolder, 'bench', 'netlab', 'netlab.c')
const binaries = join(rootFolder, 'node_modules', '.cache', 'swarmdrop')
/** Two emulated internets on one machine would disturb each other: whoever comes second waits. */
const lockFile = '/tmp/netlab.lock'
const waitingIsToldAfterMs = 3000

/** Why this machine has no emulated internet to offer; null where it has. */
export function whyNoNetlab(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux'
  if (!isRoot()) return 'network namespaces need root'
  if (!existsSync('/dev/net/tun')) return '/dev/net/tun is missing'
  return whatIsMissing('gcc', 'ip', 'flock')
}

/** Hosts with real access links on one machine (netlab.c). They end with this process, whatever ends it. */
export class Netlab {
  readonly #emulator: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers: AsyncIterator<string>

  private constructor(binary: string, links: readonly AccessLink[]) {
    const asArgument = (link: AccessLink, at: number) => `${at}:${settingsOf(link).join(':')}`
    const args = [String(links.length), ...links.map(asArgument)]
    // In a group of its own: an interrupt from the keyboard must not end it before it has removed its hosts.
    this.#emulator = spawn('flock', ['--no-fork', lockFile, binary, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    })
    this.#answers = createInterface({ input: this.#emulator.stdout })[Symbol.asyncIterator]()
  }

  /** The hosts are numbered from 0, as their links are given. */
  static async open(links: readonly AccessLink[], teardown: Teardown): Promise<Netlab> {
    const lab = new Netlab(compiled(), links)
    teardown.defer(() => lab.#close())
    const told = setTimeout(() => console.log('Waiting for another netlab here …'), waitingIsToldAfterMs)
    await lab.#nextAnswer()
    clearTimeout(told)
    // Packets that wait for a busy core would be delay that no access link has.
    setPriority(lab.#emulator.pid ?? 0, constants.priority.PRIORITY_HIGHEST)
    return lab
  }

  addressOf(host: number): string {
    return `10.77.0.${host + 1}`
  }

  /** The words that have a command run on a host. */
  commandOn(host: number): readonly string[] {
    return ['ip', 'netns', 'exec', `benchlab${host}`]
  }

  /** The host comes to another network: it has another address from now on, and its old one is gone. */
  moveHost(host: number): void {
    const other = `10.77.0.${host + 101}`
    // In this order: with an address go all others of its network.
    this.#run(host, ['ip', 'addr', 'del', `${this.addressOf(host)}/24`, 'dev', 'wan'])
    this.#run(host, ['ip', 'addr', 'add', `${other}/24`, 'dev', 'wan'])
    this.#run(host, ['ip', 'route', 'replace', 'default', 'dev', 'wan'])
  }

  /** The host's cable is pulled, or put in again. */
  setPlugged(host: number, isPlugged: boolean): void {
    this.#run(host, ['ip', 'link', 'set', 'wan', isPlugged ? 'up' : 'down'])
    if (isPlugged) this.#run(host, ['ip', 'route', 'replace', 'default', 'dev', 'wan'])
  }

  #run(host: number, words: readonly string[]): string {
    const [command = '', ...before] = this.commandOn(host)
    return execFileSync(command, [...before, ...words], { encoding: 'utf8' })
  }

  /** Of every host, in order. */
  async counters(): Promise<HostCounters[]> {
    this.#emulator.stdin.write('stat\n')
    const answer = await this.#nextAnswer()
    return answer
      .trim()
      .split(' ')
      .map((host) => {
        const [, sentBytes = 0, receivedBytes = 0, droppedPackets = 0] = host.split(':').map(Number)
        return { sentBytes, receivedBytes, droppedPackets }
      })
  }

  /** Datagrams so far that found the buffer of their socket full, as its browser was kept waiting for the CPU. */
  socketDrops(host: number): number {
    const said = this.#run(host, ['cat', '/proc/net/snmp'])
    const [names = [], values = []] = [...said.matchAll(/^Udp: (.*)$/gm)].map(([, line = '']) =>
      line.split(' '),
    )
    return Number(values[names.indexOf('RcvbufErrors')] ?? Number.NaN)
  }

  async #nextAnswer(): Promise<string> {
    const { value, done } = await this.#answers.next()
    if (done) throw new Error('The emulated internet ended')
    return value
  }

  async #close(): Promise<void> {
    if (this.#emulator.exitCode !== null) return
    const ended = new Promise((resolve) => this.#emulator.once('exit', resolve))
    this.#emulator.stdin.end()
    await ended
  }
}

const settingsOf = (link: AccessLink): readonly number[] => [
  link.upKbps,
  link.downKbps,
  link.delayMs,
  link.lossRatio,
]

/** The emulator's path. Its name tells its source, as checkouts of this repository may share their packages. */
function compiled(): string {
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)
  const binary = join(binaries, `netlab-${version}`)
  if (existsSync(binary)) return binary
  mkdirSync(binaries, { recursive: true })
  execFileSync('gcc', ['-O2', '-Wall', '-o', `${binary}.part`, source], { stdio: 'inherit' })
  renameSync(`${binary}.part`, binary)
  return binary
}
