import { limits } from '../shared/limits.ts'
import type { Notice, NoticeMessage } from './view.ts'

/** What there is to tell, newest last, until it is dismissed or crowded out. */
export class NoticeBoard {
  readonly #changed: (notices: readonly Notice[]) => void
  #notices: readonly Notice[] = []
  #nextId = 1

  constructor(changed: (notices: readonly Notice[]) => void) {
    this.#changed = changed
  }

  /** The same thing is not said twice at once: the newer stands for both. */
  add(level: Notice['level'], message: NoticeMessage): void {
    const notice = { id: this.#nextId++, level, message }
    const said = JSON.stringify(message)
    const others = this.#notices.filter((other) => JSON.stringify(other.message) !== said)
    this.#set([...others, notice].slice(-limits.noticesMax))
  }

  dismiss(id: number): void {
    if (this.#notices.some((notice) => notice.id === id)) {
      this.#set(this.#notices.filter((notice) => notice.id !== id))
    }
  }

  /** Takes back what is no longer true. */
  retract(code: NoticeMessage['code']): void {
    if (this.#notices.some((notice) => notice.message.code === code)) {
      this.#set(this.#notices.filter((notice) => notice.message.code !== code))
    }
  }

  #set(notices: readonly Notice[]): void {
    this.#notices = notices
    this.#changed(notices)
  }
}
