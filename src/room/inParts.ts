/** The items in parts of at most so many, and together at most so heavy, where each alone is lighter: what one message may hold. */
export function* inParts<Item>(
  items: readonly Item[],
  countMax: number,
  weightOf: (item: Item) => number = () => 0,
  weightMax = Infinity,
): Generator<Item[]> {
  let part: Item[] = []
  let weight = 0
  for (const item of items) {
    const more = weightOf(item)
    if (part.length > 0 && (part.length >= countMax || weight + more > weightMax)) {
      yield part
      part = []
      weight = 0
    }
    part.push(item)
    weight += more
  }
  if (part.length > 0) yield part
}
