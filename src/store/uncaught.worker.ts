/**
 * What nobody catches in a worker would end as an event without a stack, or nowhere: `bugFound` hears of it. `who` names the worker in
 * words.
 */
export function catchUncaught(who: string, bugFound: (error: unknown) => void): void {
  self.addEventListener('error', (event) => {
    event.preventDefault()
    bugFound(event.error ?? event.message)
  })
  self.addEventListener('unhandledrejection', (event) => {
    event.preventDefault()
    bugFound(event.reason)
  })
  self.addEventListener('messageerror', () => bugFound(new Error(`a message to the ${who} was lost`)))
}
