import { openedLater } from './openedLater.tsx'
import { PanelButton } from './PanelButton.tsx'
import { words } from './words/words.ts'

const Check = openedLater((parts) => parts.Check)
const Help = openedLater((parts) => parts.Help)
const Kept = openedLater((parts) => parts.Kept)
const Scan = openedLater((parts) => parts.Scan)

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

/** Reads a code that another device shows: installed apps cannot be opened by the system's camera. */
export const ScanButton = ({ look }: { look: 'button' | 'link-button' }) => (
  <PanelButton heading={words.scan} testId="scan" Panel={Scan} look={look} />
)
