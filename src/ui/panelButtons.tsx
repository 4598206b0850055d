import { openedLater } from './openedLater.tsx'
import { PanelButton } from './PanelButton.tsx'
import { words } from './words/words.ts'

const Check = openedLater((parts) => parts.Check)
const Help = openedLater((parts) => parts.Help)
const Kept = openedLater((parts) => parts.Kept)

/** What this browser and its network can do, and whether others see its address. */
export const CheckButton = () => <PanelButton heading={words.checkConnection} testId="check" Panel={Check} />

/** What is promised, and what cannot be. */
export const HelpButton = () => <PanelButton heading={words.help} testId="help" Panel={Help} />

/** What this browser keeps. */
export const KeptButton = () => <PanelButton heading={words.kept} testId="kept" Panel={Kept} />

/** The same, where the disk is full. */
export const FreeSpaceButton = () => (
  <PanelButton heading={words.kept} testId="kept" Panel={Kept} label={words.freeSpace} look="button" />
)
