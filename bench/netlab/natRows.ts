import type { NatKind, Place } from './natLab.ts'

/** What a room is to come to behind these routers. */
export interface NatRow {
  readonly name: string
  readonly what: string
  readonly nat: NatKind
  /** Who opens the page, one after the other. */
  readonly places: readonly Place[]
  /** What the page's settings name besides the broker. */
  readonly servers: 'stun' | 'turn'
  readonly relayOnly: boolean
  /** How the first and the second see each other in the end; or that their pages say why they do not. */
  readonly outcome: 'direct' | 'relayed' | 'told' | 'through'
  /** What the check of the connection then finds at the last of them, by line. */
  readonly finds?: Readonly<Record<string, 'good' | 'warning' | 'bad'>>
  /** Run only by its name: what it shows is not built yet. */
  readonly isAhead?: boolean
}

const twoHomes = ['home1', 'home2'] as const

export const natRows: readonly NatRow[] = [
  {
    name: 'cone',
    what: 'two homes behind ordinary routers, with STUN',
    nat: 'cone',
    places: twoHomes,
    servers: 'stun',
    relayOnly: false,
    outcome: 'direct',
  },
  {
    name: 'symmetric',
    what: 'two homes behind strict routers, with TURN',
    nat: 'symmetric',
    places: twoHomes,
    servers: 'turn',
    relayOnly: false,
    outcome: 'relayed',
    finds: { broker: 'good', stun: 'good', udp: 'good', turn: 'good' },
  },
  {
    name: 'tcpOnly',
    what: 'two homes behind firewalls without UDP, with TURN',
    nat: 'tcpOnly',
    places: twoHomes,
    servers: 'turn',
    relayOnly: false,
    outcome: 'relayed',
    finds: { tabs: 'good', broker: 'good', stun: 'warning', udp: 'warning', turn: 'good' },
  },
  {
    name: 'hidden',
    what: 'two computers side by side that hide their addresses',
    nat: 'cone',
    places: ['street1', 'street2'],
    servers: 'turn',
    relayOnly: true,
    outcome: 'relayed',
  },
  {
    name: 'open',
    what: 'the same two, who hide nothing',
    nat: 'cone',
    places: ['street1', 'street2'],
    servers: 'turn',
    relayOnly: false,
    outcome: 'direct',
    finds: { stun: 'good', udp: 'good', turn: 'good' },
  },
  {
    name: 'stuck',
    what: 'two homes behind strict routers, with STUN alone',
    nat: 'symmetric',
    places: twoHomes,
    servers: 'stun',
    relayOnly: false,
    outcome: 'told',
    finds: { tabs: 'good', broker: 'good', stun: 'good', udp: 'good', turn: 'warning' },
  },
  {
    name: 'through',
    what: 'the same two, and a third whom both reach',
    nat: 'symmetric',
    places: ['street1', ...twoHomes],
    servers: 'stun',
    relayOnly: false,
    outcome: 'through',
    isAhead: true,
  },
]
