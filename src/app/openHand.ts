import { ByHand, type ByHandParts } from './byHand/byHand.ts'
import { openOtherTabs } from './byHand/otherTabs.ts'

/** The way in by hand with the browser's own parts. Loaded when somebody takes it. */
export const openHand = (of: Omit<ByHandParts, 'tabs'>): ByHand =>
  new ByHand({ ...of, tabs: openOtherTabs() })
