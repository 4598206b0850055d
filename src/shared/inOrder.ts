/**
 * Takes inputs one at a time: those that come while one is being taken in, from its own effects too, wait for their turn. So the
 * effects of one are carried out before the next is looked at. `rested` is called when none is left. What `take` throws is a bug
 * of ours: `bugFound` hears of it, and the next input has its turn, so that one bad moment does not stop a session for ever.
 */
export function inOrder<Input>(
  take: (input: Input) => void,
  rested: () => void,
  bugFound: (error: unknown) => void,
): (input: Input) => void {
  const waiting: Input[] = []
  let isTaking = false
  return (input) => {
    waiting.push(input)
    if (isTaking) return
    isTaking = true
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        take(next)
      } catch (error) {
        bugFound(error)
      }
    }
    isTaking = false
    rested()
  }
}
