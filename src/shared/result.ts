/** What an operation that the world can spoil comes back with. Faults are values; only bugs throw. */
export type Result<Value, Fault> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly fault: Fault }

export const ok = <Value>(value: Value): Result<Value, never> => ({ ok: true, value })
export const fail = <Fault>(fault: Fault): Result<never, Fault> => ({ ok: false, fault })

/** For what only a bug can make false. Where it is asked for every piece, a message that has to be put together is a function. */
export function assert(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new Error(`Bug: ${typeof message === 'string' ? message : message()}`)
}

/** The default of a switch over a tagged union: a new member without a case fails to compile. */
export function unreachable(value: never): never {
  throw new Error(`Bug: unexpected ${JSON.stringify(value)}`)
}
