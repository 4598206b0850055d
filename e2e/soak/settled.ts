import type { KeptThings, Sight } from './sight.ts'

/** A member that is still there, and what it looks at. */
export interface Present {
  readonly name: string
  /** Names of shares it asked for, by their ids. */
  readonly asked: ReadonlyMap<string, string>
  readonly given: ReadonlySet<string>
  /** Null where its page does not answer. */
  readonly sight: Sight | null
}

/** Of pending timers, and of what people see: a page at rest has some dozen. */
const timersMax = 60

const linkedStates = new Set(['direct', 'relayed'])

/** What is not as it must be once the faults have stopped; nothing when all is well. */
export function unsettled(present: readonly Present[]): string[] {
  const names = present.map(({ name }) => name)
  const complete = new Set(
    present.flatMap(({ sight }) =>
      (sight?.shares ?? []).filter(({ state }) => state === 'complete').map(({ shareId }) => shareId),
    ),
  )
  return present.flatMap((member) => {
    const { name, sight } = member
    if (sight === null) return [`${name} does not answer`]
    const others = names.filter((other) => other !== name)
    return [
      ...roomTroubles(sight, others),
      ...shareTroubles(member, sight, complete),
      ...openTroubles(sight, names.length),
    ].map((trouble) => `${name} ${trouble}`)
  })
}

function roomTroubles({ peers, signaling }: Sight, others: readonly string[]): string[] {
  const seen = peers.map(({ name }) => name).toSorted()
  const isSame = JSON.stringify(seen) === JSON.stringify(others.toSorted())
  return [
    ...(isSame ? [] : [`sees ${seen.join(', ') || 'nobody'} where ${others.join(', ')} are`]),
    ...peers.flatMap(({ name, state }) => (linkedStates.has(state) ? [] : [`has ${name} as ${state}`])),
    ...(signaling === 'online' ? [] : [`has no broker (${signaling})`]),
  ]
}

function shareTroubles(
  { asked, given }: Present,
  { shares }: Sight,
  complete: ReadonlySet<string>,
): string[] {
  const missing = [...asked].flatMap(([shareId, name]) => {
    const row = shares.find((share) => share.shareId === shareId)
    if (row?.state === 'complete' || !complete.has(shareId)) return []
    if (row === undefined) return [`asked for ${name} and does not list it`]
    return [`has ${row.haveBytes} of ${row.sizeBytes} bytes of ${name} (${row.state})`]
  })
  const lost = [...given].filter(
    (name) => !shares.some((share) => share.name === name && share.state === 'complete'),
  )
  return [...missing, ...lost.map((name) => `does not give ${name} any more`)]
}

function openTroubles({ open, peers }: Sight, members: number): string[] {
  const lanes = peers.reduce((sum, peer) => sum + peer.lanes, 0)
  return [
    ...(open.connections > Math.max(lanes, members)
      ? [`has ${open.connections} connections open for ${lanes} lanes to ${members - 1} others`]
      : []),
    ...(open.timers > timersMax ? [`has ${open.timers} timers waiting`] : []),
  ]
}

/** What a browser keeps of shares that its page does not have. */
export function leftBehind(kept: KeptThings, { shares }: Sight): string[] {
  const listed = new Set(shares.map(({ shareId }) => shareId))
  const orphans = (what: string, ids: readonly string[]): string[] => {
    const left = ids.filter((id) => !listed.has(id))
    return left.length === 0 ? [] : [`keeps ${left.length} ${what} of shares that its page does not have`]
  }
  return [
    ...orphans('files', kept.files),
    ...orphans('records', kept.records),
    ...orphans('hash lists', kept.parts),
  ]
}
