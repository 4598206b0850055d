import type { Random } from '../shared/random.ts'

/** Puts an item to the others of its group. */
export function putInto<Group, Item>(groups: Map<Group, Item[]>, group: Group, item: Item): void {
  const others = groups.get(group)
  if (others) others.push(item)
  else groups.set(group, [item])
}

/** Counts one more. */
export function countUp<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, 1 + (counts.get(key) ?? 0))
}

/** Whose count is the highest, and what it is; of equals the first. There is one at least. */
export const mostCounted = <Key>(counts: ReadonlyMap<Key, number>): [Key, number] =>
  [...counts].reduce((most, other) => (other[1] > most[1] ? other : most))

/** All of them, from one drawn by chance on: so nobody is first for all. */
export function turned<Item>(random: Random, items: readonly Item[]): Item[] {
  const from = random() % Math.max(1, items.length)
  return [...items.slice(from), ...items.slice(0, from)]
}

/** They hold the same, in the same order; for lists of plain data. */
export const isSameList = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  JSON.stringify(some) === JSON.stringify(others)
