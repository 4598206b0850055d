import { Alarm, type Clock } from '../shared/clock.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { missedBetween } from './missed.ts'
import type { NoticeBoard } from './noticeBoard.ts'
import type { View } from './view.ts'

export interface WhileAwayParts {
  readonly view: () => View
  readonly notices: Pick<NoticeBoard, 'add'>
  readonly clock: Clock
  /** Milliseconds since 1970: the clock of a page may stand still in a sleep. */
  readonly wallMs: () => Millis
}

/** Tells people who come back to the page what they missed, in one notice. */
export class WhileAway {
  readonly #parts: WhileAwayParts
  readonly #telling: Alarm
  #before: { readonly view: View; readonly atMs: Millis } | null = null

  constructor(parts: WhileAwayParts) {
    this.#parts = parts
    this.#telling = new Alarm(parts.clock)
  }

  /** Nobody sees the page any more. */
  hidden(): void {
    // Who only looked in was not told yet, and is told of all of it the next time.
    this.#telling.stop()
    this.#before ??= { view: this.#parts.view(), atMs: this.#parts.wallMs() }
  }

  /** Somebody looks at it again: after a sleep it takes a moment until it is known who is still there. */
  shown(): void {
    if (this.#before === null) return
    const { view, atMs } = this.#before
    const awayMs = this.#parts.wallMs() - atMs
    if (awayMs < limits.awayMinMs) {
      this.#before = null
      return
    }
    const { clock, notices } = this.#parts
    this.#telling.setAt(clock.now() + limits.catchUpMs, () => {
      this.#before = null
      const missed = missedBetween(view, this.#parts.view(), awayMs)
      if (missed) notices.add('info', { code: 'whileAway', missed })
    })
  }
}
