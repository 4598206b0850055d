import type { DeviceId, PeerId } from '../shared/ids.ts'
import type { Contact, Met } from '../store/contactBook.ts'
import { skeletonOf } from './lookAlikes.ts'
import type { LikenessView } from './view.ts'

/** A member that is here, by the device it is on. */
export interface Present {
  readonly device: DeviceId
  readonly name: string
  /** As it was known before it came; null for a stranger. */
  readonly met: Met | null
}

/** A name under which a device was met. */
interface Claim extends Met {
  readonly device: DeviceId
  readonly sinceMs: number
  readonly isCompared: boolean
}

/**
 * Which members are called as somebody on another device is. Whoever first bore a name keeps it, before all others one whose words were
 * compared; who is here for the first time has none yet. Where nobody was met under a name before, all who are here with it are alike.
 * Of our own tabs, and of those whose words were compared, nothing is said.
 */
export function likenesses(
  present: ReadonlyMap<PeerId, Present>,
  contacts: readonly Contact[],
  self: { readonly device: DeviceId; readonly name: string },
): ReadonlyMap<PeerId, LikenessView> {
  const everyone = [...present.values()]
  const here = new Set(everyone.map(({ device }) => device))
  const back = new Set(everyone.filter(({ met }) => met !== null).map(({ device }) => device))
  const claims = contacts
    .filter(({ device, isCompared }) => isCompared || back.has(device) || !here.has(device))
    .flatMap((contact) => claimsOf(contact, here.has(contact.device)))
  const owners = new Map(claims.toSorted(isJunior).map((claim) => [skeletonOf(claim.name), claim]))
  const compared = new Set(contacts.filter(({ isCompared }) => isCompared).map(({ device }) => device))

  const likenessOf = ({ device, name }: Present): LikenessView | null => {
    const skeleton = skeletonOf(name)
    if (skeleton === '' || device === self.device || compared.has(device)) return null
    const owner = owners.get(skeleton)
    if (owner && owner.device !== device) return { kind: 'contact', name: owner.name, metMs: owner.metMs }
    if (skeleton === skeletonOf(self.name)) return { kind: 'you' }
    const isAlike = (other: Present): boolean =>
      other.device !== device && skeletonOf(other.name) === skeleton
    const alike = owner ? undefined : everyone.find(isAlike)
    return alike ? { kind: 'member', name: alike.name } : null
  }
  return new Map(
    [...present].flatMap(([peer, one]) => {
      const likeness = likenessOf(one)
      return likeness ? [[peer, likeness] as const] : []
    }),
  )
}

/** The names that are a contact's own, each with the last time it was met so before now. */
function claimsOf(contact: Contact, isHere: boolean): readonly Claim[] {
  const { device, name, namedMs, lastMetMs, before, isCompared } = contact
  const metMs = isHere && before?.name === name ? before.metMs : lastMetMs
  const latest = { device, isCompared, name, metMs, sinceMs: namedMs }
  return before ? [{ device, isCompared, ...before, sinceMs: before.metMs }, latest] : [latest]
}

/** The last in this order is the one whose the name is. */
const isJunior = (a: Claim, b: Claim): number =>
  Number(a.isCompared) - Number(b.isCompared) || b.sinceMs - a.sinceMs
