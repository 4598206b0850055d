import type { Route } from './link.ts'

/** The fields we read of the entries of `RTCPeerConnection.getStats()` (W3C webrtc-stats). */
export interface StatsEntry {
  readonly id: string
  readonly type: string
  readonly selectedCandidatePairId?: string
  /** Firefox marks the pair instead of naming it. */
  readonly selected?: boolean
  readonly localCandidateId?: string
  readonly remoteCandidateId?: string
  readonly candidateType?: string
}

/** `relayed` when either end of the selected candidate pair is at a TURN server. */
export function routeFrom(stats: readonly StatsEntry[]): Route {
  const entry = (id: string | undefined): StatsEntry | undefined => stats.find((each) => each.id === id)
  const pair =
    entry(stats.find((each) => each.type === 'transport')?.selectedCandidatePairId) ??
    stats.find((each) => each.type === 'candidate-pair' && each.selected)
  const ends = [entry(pair?.localCandidateId), entry(pair?.remoteCandidateId)]
  return ends.some((end) => end?.candidateType === 'relay') ? 'relayed' : 'direct'
}
