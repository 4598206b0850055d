import type { Parsed } from './target.ts'

const depthMax = 4
/** So many different items of a list tell what kind of list it is. */
const itemsMax = 3

/** What came of an input, sizes left out: the fault, or the fields of what was accepted. */
export const outcomeOf = (parsed: Parsed): string => shapeOf(parsed, () => '')

/** The same with sizes, roughly: what is new by it is worth changing further. */
export const signatureOf = (parsed: Parsed): string => shapeOf(parsed, sizeOf)

function shapeOf(parsed: Parsed, size: (value: number) => string): string {
  return 'refused' in parsed ? `refused: ${parsed.refused}` : shape(parsed.accepted, depthMax)

  function shape(value: unknown, depth: number): string {
    if (value === null || value === undefined || typeof value === 'boolean') return String(value)
    if (typeof value === 'number') return `number${size(value)}`
    if (typeof value === 'string') return `text${size(value.length)}`
    if (value instanceof Uint8Array) return `bytes${size(value.length)}`
    if (typeof value !== 'object' || depth === 0) return typeof value
    if (!Array.isArray(value)) return fields(value, depth)
    const items = new Set(value.slice(0, 20).map((item) => shape(item, depth - 1)))
    return `[${[...items].toSorted().slice(0, itemsMax).join(' | ')}]${size(value.length)}`
  }

  function fields(value: object, depth: number): string {
    const shapes = Object.entries(value).map(([key, field]) =>
      isTag(key, field) ? `${key} ${field}` : `${key} ${shape(field, depth - 1)}`,
    )
    return `{${shapes.join(', ')}}`
  }
}

/** What tells the members of a union apart is worth its words. */
const isTag = (key: string, field: unknown): field is string =>
  typeof field === 'string' && ['type', 'kind', 'device', 'code'].includes(key)

function sizeOf(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return ` ${value}`
  const steps = ' s m l x'.split(' ')
  const step = Math.min(4, 1 + Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 8))
  return ` ${value < 0 ? '-' : ''}${steps[step]}${Number.isInteger(value) ? '' : '.'}`
}
