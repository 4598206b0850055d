import { Check } from './Check.tsx'
import { Help } from './Help.tsx'
import { Kept } from './Kept.tsx'
import { MemberPanel } from './MemberPanel.tsx'

/** What is loaded when somebody first opens one of them: together, since each is small. */
export const openedParts = { Check, Help, Kept, MemberPanel }
