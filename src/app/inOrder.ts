/**
 * Takes inputs one at a time: those that come while one is being taken in, from its own effects too, wait for their turn. So the
 * effects of one are carried out before the next is looked at. `rested` is called when none is left.
 */
export function inOrder<Input>(take: (input: Input) => void, rested: () => void): (input: Input) => void {
  const waiting: Input[] = []
  let isTaking = false
  return (input) => {
    waiting.push(input)
    if (isTaking) return
    isTaking = true
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next)
    isTaking = false
    rested()
  }
}
