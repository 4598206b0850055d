import type { Figure } from '../figures.ts'
import type { Teardown } from '../teardown.ts'

/** A measurement that `--rows` can choose by its name. */
export interface Row {
  readonly name: string
  /** Needs the emulated internet. */
  readonly shaped: boolean
  /** Needs the rivals installed. */
  readonly withRivals?: boolean
  /** Takes so long, or so much of the disk, that it is measured only when it is named. */
  readonly isBig?: boolean
  /** Measures once; what it opens it hands to `teardown`. */
  run(teardown: Teardown): Promise<Figure[]>
}

/** Of one path: SCTP carries 1163 bytes of a channel in an IP packet of 1256 (dcSCTP sends packets of 1191). */
export const netOfHeaders = 1163 / 1256
