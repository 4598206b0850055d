import { linkTargets } from './linkTargets.ts'
import { pageTargets } from './pageTargets.ts'
import { roomTargets } from './roomTargets.ts'
import { savingTargets } from './savingTargets.ts'
import { swarmTargets } from './swarmTargets.ts'
import type { Target } from './target.ts'

/** Every parser of bytes from outside. */
export const targets: readonly Target[] = [
  ...swarmTargets,
  ...savingTargets,
  ...roomTargets,
  ...linkTargets,
  ...pageTargets,
]
