type Below = (bound: number) => number

/** Texts of JSON values, each of another type or at the end of a range. */
const values = [
  ...'null true false {} [] "" "a" "\\ud800" "__proto__" "\\u0000" [[]] {"__proto__":{}} {"type":"ping"}'.split(
    ' ',
  ),
  ...'0 -0 1 -1 0.5 1e999 1e-7 255 32768 65536 4294967295 1099511627777'.split(' '),
  ...'9007199254740991 9007199254740993 8640000000000001'.split(' '),
]

/** The JSON of a text with one of its values changed, perhaps into one of `other`; null when the text is no JSON. */
export function changedJson(text: string, other: string, below: Below): string | null {
  const value = parsed(text)
  if (value === undefined) return null
  const raw = new RawTexts()
  const place = { left: below(countOf(value)) }
  const changed = changedAt(value, place, (found) => changeOf(found, parsed(other) ?? value, raw, below))
  const spelled = JSON.stringify(changed)
  return spelled === undefined ? null : raw.putIn(spelled)
}

/** Stands for texts that no value is written as: `-0`, `1e999`, the same key twice. */
class RawTexts {
  readonly #texts: string[] = []

  standIn(text: string): string {
    return `<raw ${this.#texts.push(text) - 1}>`
  }

  putIn(json: string): string {
    return json.replaceAll(/"<raw (\d+)>"/g, (whole, at) => this.#texts[Number(at)] ?? whole)
  }
}

/** Texts that nest deeper are left to changes of their bytes. */
const nestedDeep = /[[{]{500}/

function parsed(text: string): unknown {
  if (nestedDeep.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const countOf = (value: unknown): number =>
  isObject(value) ? Object.values(value).reduce<number>((sum, item) => sum + countOf(item), 1) : 1

function changedAt(value: unknown, place: { left: number }, change: (found: unknown) => unknown): unknown {
  if (place.left-- === 0) return change(value)
  if (Array.isArray(value)) return value.map((item) => changedAt(item, place, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, changedAt(item, place, change)]))
}

function changeOf(found: unknown, other: unknown, raw: RawTexts, below: Below): unknown {
  switch (below(6)) {
    case 0:
      return valueIn(other, below)
    case 1:
      return deepened(found, raw, below)
    case 2:
    case 3:
      return changedInside(found, raw, below)
    default:
      return raw.standIn(values[below(values.length)] ?? 'null')
  }
}

function valueIn(of: unknown, below: Below): unknown {
  let found: unknown = null
  changedAt(of, { left: below(countOf(of)) }, (value) => (found = value))
  return found
}

function deepened(found: unknown, raw: RawTexts, below: Below): unknown {
  if (below(4) > 0) return below(2) === 0 ? [found] : { type: found }
  const depth = below(20_000)
  return raw.standIn('['.repeat(depth) + ']'.repeat(depth))
}

function changedInside(found: unknown, raw: RawTexts, below: Below): unknown {
  if (typeof found === 'number') return [found + 1, found - 1, -found, found * 2, found / 2][below(5)]
  if (typeof found === 'string') return changedText(found, below)
  if (Array.isArray(found)) return changedList(found, below)
  if (isObject(found)) return changedObject(found, raw, below)
  return !found
}

function changedText(text: string, below: Below): string {
  const at = below(text.length + 1)
  const odd = ['\0', '\ud800', '\u2028', '/', '.', ' ', '-', '=', 'A', '"', 'é', '\n'][below(12)] ?? ''
  const changes = [
    () => text.slice(0, at),
    () => text.slice(0, at) + odd + text.slice(at),
    () => text.slice(0, at) + odd + text.slice(at + 1),
    () => text.repeat(1 + below(below(8) === 0 ? 400 : 4)).slice(0, 70_000),
  ]
  return changes[below(changes.length)]?.() ?? text
}

function changedList(list: readonly unknown[], below: Below): unknown[] {
  const at = below(list.length)
  const item = list[at] ?? null
  const times = below(8) === 0 ? below(300) : below(3)
  const copies = Array.from({ length: times }, () => item)
  return [...list.slice(0, at), ...copies, ...list.slice(at + 1)]
}

function changedObject(found: object, raw: RawTexts, below: Below): unknown {
  const entries = Object.entries(found)
  const [key, value] = entries[below(entries.length)] ?? ['type', null]
  const others = entries.filter(([name]) => name !== key)
  const odd = ['__proto__', 'constructor', 'type', 'length', '0', 'toJSON'][below(6)] ?? ''
  const changes = [
    () => Object.fromEntries(others),
    () => Object.fromEntries([...others, [odd, value]]),
    () => Object.fromEntries([...entries, [odd, value]]),
    () => Object.fromEntries(entries.toReversed()),
    () => raw.standIn(`{${JSON.stringify(key)}:0,${JSON.stringify(found).slice(1)}`),
  ]
  return changes[below(changes.length)]?.()
}
