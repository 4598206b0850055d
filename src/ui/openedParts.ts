import { ByHand } from './ByHand.tsx'
import { Check } from './Check.tsx'
import { Help } from './Help.tsx'
import { Kept } from './Kept.tsx'
import { MemberPanel } from './MemberPanel.tsx'
import { NewVersion } from './NewVersion.tsx'
import { Scan } from './Scan.tsx'

/** What is loaded when somebody first opens one of them, or there is news for one: together, since each is small. */
export const openedParts = { ByHand, Check, Help, Kept, MemberPanel, NewVersion, Scan }
