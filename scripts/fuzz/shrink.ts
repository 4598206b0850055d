import { concatBytes, type Bytes } from '../../src/shared/bytes.ts'

/**
 * The shortest that was found in so many tries of what still serves: stretches are left out, half of it first, then ever smaller ones.
 */
export function shrunk(input: Bytes, triesMax: number, stillServes: (shorter: Bytes) => boolean): Bytes {
  let shortest = input
  let tries = 0
  for (let stretch = Math.ceil(input.length / 2); stretch >= 1; stretch = stretch === 1 ? 0 : stretch >> 1) {
    for (let from = 0; from < shortest.length && tries < triesMax; tries++) {
      const shorter = concatBytes([shortest.subarray(0, from), shortest.subarray(from + stretch)])
      if (stillServes(shorter)) shortest = shorter
      else from += stretch
    }
  }
  return shortest
}
