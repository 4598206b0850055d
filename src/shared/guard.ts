/** Makes of a function one that never throws. */
export type Guard = <Told extends unknown[]>(act: (...told: Told) => void) => (...told: Told) => void

/**
 * For what the world calls: links, brokers, timers. Whatever is thrown under such a call is a bug of ours; `bugFound` hears of it,
 * and who called goes on.
 */
export function guardWith(bugFound: (error: unknown) => void): Guard {
  return (act) =>
    (...told) => {
      try {
        act(...told)
      } catch (error) {
        bugFound(error)
      }
    }
}
