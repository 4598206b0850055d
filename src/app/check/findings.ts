import type { BrokerTrouble } from '../../signaling/signaling.ts'

/** What one probe of this browser and its network found. No address is in it. */
export type Finding =
  /** Whether the page was opened over https, or from this very computer. */
  | { readonly check: 'secure'; readonly isSecure: boolean }
  /** Where files go, and how much of them; null: the browser does not say. */
  | { readonly check: 'storage'; readonly kind: 'disk' | 'memory'; readonly freeBytes: number | null }
  /** Whether two tabs can talk: tried between two ends in this one. */
  | { readonly check: 'tabs'; readonly outcome: 'works' | 'fails' | 'missing' }
  /** Whether a broker takes us in, or that there is none. */
  | { readonly check: 'broker'; readonly outcome: 'reached' | 'none' | BrokerTrouble }
  /** Whether a server tells this browser the address that the internet sees. `untold`: nothing shows that one did, or did not. */
  | { readonly check: 'stun'; readonly outcome: 'answers' | 'silent' | 'untold' | 'none' }
  /** Whether the packets that direct connections are made of get out. `untold`: nothing shows that they do, or do not. */
  | { readonly check: 'udp'; readonly outcome: 'passes' | 'blocked' | 'untold' }
  /** Whether a relay server gives us a place, and carries what is sent. */
  | { readonly check: 'turn'; readonly outcome: 'works' | 'carriesNothing' | 'refused' | 'silent' | 'none' }

export type CheckState = 'good' | 'warning' | 'bad'

/** One line of a check under way. */
export interface CheckLine {
  readonly check: Finding['check']
  /** From 1 on: there may be several brokers. */
  readonly number: number
  /** Null while it is probed. */
  readonly finding: Finding | null
}

/** `broker`, and `broker-2` for the second of them. */
export const nameOfLine = ({ check, number }: Pick<CheckLine, 'check' | 'number'>): string =>
  number === 1 ? check : `${check}-${number}`

/** Less than this is soon full. */
const freeLittleBytes = 1e9

/** Bad keeps people from what the page is for; a warning does so in some places, or for large files. */
export function verdictOn(finding: Finding): CheckState {
  switch (finding.check) {
    case 'secure':
      return finding.isSecure ? 'good' : 'warning'
    case 'storage':
      return finding.kind === 'disk' && (finding.freeBytes ?? Infinity) >= freeLittleBytes
        ? 'good'
        : 'warning'
    case 'tabs':
      return finding.outcome === 'works' ? 'good' : 'bad'
    case 'broker':
      if (finding.outcome === 'reached') return 'good'
      return finding.outcome === 'none' ? 'warning' : 'bad'
    case 'stun':
      return finding.outcome === 'answers' ? 'good' : 'warning'
    case 'udp':
      return finding.outcome === 'passes' ? 'good' : 'warning'
    case 'turn':
      return finding.outcome === 'works' ? 'good' : finding.outcome === 'none' ? 'warning' : 'bad'
  }
}
