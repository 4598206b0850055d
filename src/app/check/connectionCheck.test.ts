import { describe, expect, it } from 'vitest'
import type { IceServer } from '../../link/link.ts'
import type { OpenSignaling } from '../../signaling/signaling.ts'
import { openLogBook } from '../log.ts'
import { MemoryClock } from '../../shared/testing/memoryClock.ts'
import { checkConnection } from './connectionCheck.ts'
import { nameOfLine, verdictOn, type CheckLine, type CheckState, type Finding } from './findings.ts'
import type { Gathered, Probes } from './probes.ts'

const stun: IceServer = { urls: 'stun:192.0.2.1' }
const turn: IceServer = { urls: ['turn:192.0.2.2', 'stun:192.0.2.2'], username: 'u', credential: 'secret' }
const nothing: Gathered = { isSeen: false, isRelayed: false, isRelayedByUdp: false, isRefused: false }
const goodBroker: OpenSignaling = () => {
  throw new Error('only probed')
}
const badBroker: OpenSignaling = () => {
  throw new Error('only probed')
}

interface Circumstances {
  readonly probes?: Partial<Probes>
  readonly gathered?: Partial<Gathered>
  readonly servers?: readonly IceServer[]
  readonly brokers?: readonly OpenSignaling[]
}

/** The last lines told, all that were, and the log. */
async function check({ probes, gathered, servers = [stun, turn], brokers = [goodBroker] }: Circumstances) {
  const told: (readonly CheckLine[])[] = []
  const book = openLogBook(new MemoryClock())
  await checkConnection({
    probes: {
      isSecure: true,
      canConnect: true,
      freeBytes: async () => 5e9,
      missed: async (broker) => (broker === goodBroker ? null : 'full'),
      gather: async () => ({ ...nothing, ...gathered }),
      loops: async () => true,
      ...probes,
    },
    brokers,
    servers: () => servers,
    storage: { kind: 'disk' },
    log: book.log,
    told: (lines) => told.push(lines),
  })
  const lines = told.at(-1) ?? []
  const of = (name: string): Finding | null =>
    lines.find((line) => nameOfLine(line) === name)?.finding ?? null
  return { told, lines, of, logged: book.text() }
}

describe('the check of the connection', () => {
  it('tells every line at once as running, then what is found out', async () => {
    const { told, lines } = await check({ gathered: { isSeen: true, isRelayed: true } })
    const names = ['secure', 'storage', 'tabs', 'broker', 'stun', 'udp', 'turn']
    expect(told[0]?.map(nameOfLine)).toEqual(names)
    expect(told[0]?.every(({ finding }) => finding === null)).toBe(true)
    expect(lines.map(nameOfLine)).toEqual(names)
    expect(lines.map(({ finding }) => finding && verdictOn(finding))).toEqual(names.map(() => 'good'))
  })

  it('tells of each broker', async () => {
    const { of } = await check({ brokers: [goodBroker, badBroker] })
    expect(of('broker')).toEqual({ check: 'broker', outcome: 'reached' })
    expect(of('broker-2')).toEqual({ check: 'broker', outcome: 'full' })
    expect((await check({ brokers: [] })).of('broker')).toEqual({ check: 'broker', outcome: 'none' })
  })

  it.each<[string, Circumstances, string, string, string]>([
    ['nothing answers', {}, 'silent', 'blocked', 'silent'],
    ['only STUN does', { gathered: { isSeen: true } }, 'answers', 'passes', 'silent'],
    ['TURN does by TCP', { gathered: { isRelayed: true } }, 'silent', 'blocked', 'works'],
    [
      'TURN does by UDP',
      { gathered: { isRelayed: true, isRelayedByUdp: true } },
      'silent',
      'passes',
      'works',
    ],
    ['it cannot be told', { gathered: { isSeen: null } }, 'untold', 'untold', 'silent'],
    ['only TURN by TCP tells', { gathered: { isSeen: null, isRelayed: true } }, 'untold', 'untold', 'works'],
    ['TURN refuses us', { gathered: { isSeen: true, isRefused: true } }, 'answers', 'passes', 'refused'],
    ['there is no TURN', { servers: [stun], gathered: { isSeen: true } }, 'answers', 'passes', 'none'],
    ['there are no servers', { servers: [] }, 'none', 'untold', 'none'],
    ['there is no WebRTC', { probes: { canConnect: false } }, 'silent', 'untold', 'silent'],
    [
      'TURN carries nothing',
      { gathered: { isRelayed: true }, probes: { loops: async (_, policy) => policy === 'all' } },
      'silent',
      'blocked',
      'carriesNothing',
    ],
  ])('tells of STUN, UDP and TURN where %s', async (_what, circumstances, ...outcomes) => {
    const { of } = await check(circumstances)
    expect(['stun', 'udp', 'turn'].map(of)).toMatchObject(outcomes.map((outcome) => ({ outcome })))
  })

  it('tries relay servers alone when it looks at what they carry', async () => {
    const tried: [readonly IceServer[], string][] = []
    const loops: Probes['loops'] = async (servers, policy) => {
      tried.push([servers, policy])
      return true
    }
    await check({ gathered: { isRelayed: true }, probes: { loops } })
    expect(tried).toEqual([
      [[], 'all'],
      [[{ ...turn, urls: ['turn:192.0.2.2'] }], 'relay'],
    ])
  })

  it('leaves what was found in the details, with no address and no password', async () => {
    const { logged } = await check({ gathered: { isSeen: true }, brokers: [goodBroker, badBroker] })
    expect(logged).toContain('name="broker-2" check="broker" outcome="full"')
    expect(logged).toContain('name="turn" check="turn" outcome="silent"')
    expect(logged).not.toMatch(/192\.0\.2|secret/)
  })
})

describe('a verdict', () => {
  it.each<[CheckState, Finding]>([
    ['warning', { check: 'secure', isSecure: false }],
    ['warning', { check: 'storage', kind: 'memory', freeBytes: 4e8 }],
    ['warning', { check: 'storage', kind: 'disk', freeBytes: 9e8 }],
    ['good', { check: 'storage', kind: 'disk', freeBytes: null }],
    ['bad', { check: 'tabs', outcome: 'missing' }],
    ['bad', { check: 'broker', outcome: 'unreachable' }],
    ['warning', { check: 'broker', outcome: 'none' }],
    ['warning', { check: 'stun', outcome: 'silent' }],
    ['warning', { check: 'stun', outcome: 'untold' }],
    ['warning', { check: 'udp', outcome: 'blocked' }],
    ['bad', { check: 'turn', outcome: 'refused' }],
    ['warning', { check: 'turn', outcome: 'none' }],
  ])('is %s on %j', (state, finding) => {
    expect(verdictOn(finding)).toBe(state)
  })
})
