/**
 * The next value, with every part of it that equals the same part of the previous one replaced by that part.
 * Drivers build the view anew each time; by this, components see a change only where something changed.
 * Takes plain data: primitives, arrays and records of them.
 */
export function keepUnchanged<Value>(previous: unknown, next: Value): Value {
  if (Object.is(previous, next)) return next
  if (Array.isArray(previous) && Array.isArray(next)) return keepItems(previous, next) as Value
  if (isRecord(previous) && isRecord(next)) return keepFields(previous, next) as Value
  return next
}

function keepItems(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const kept = next.map((item, at) => keepUnchanged(previous[at], item))
  return kept.length === previous.length && kept.every((item, at) => item === previous[at]) ? previous : kept
}

function keepFields(previous: Fields, next: Fields): Fields {
  const kept: Record<string, unknown> = {}
  let same = true
  for (const field in next) {
    kept[field] = keepUnchanged(previous[field], next[field])
    same &&= kept[field] === previous[field] && field in previous
  }
  return same && Object.keys(kept).length === Object.keys(previous).length ? previous : kept
}

type Fields = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
