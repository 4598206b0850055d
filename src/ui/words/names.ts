import { limits } from '../../shared/limits.ts'

// C0 and C1 controls, line and paragraph separators, and everything that reorders text (UAX #9).
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const firstStrongIsolate = '\u2068'
const popIsolate = '\u2069'
const noBreakSpace = '\u00a0'

/** A line of a phone has room for as many letters. */
const keptTogetherMax = 24
/** Shown whole up to here; a phone has room for about three lines of it. */
const shownLengthMax = 60
/** Kept at the end of a shortened name, so that the file type stays readable. */
const shownTailLength = 14

/** A stranger's name as plain text: no controls, nothing that reorders what stands around it, a sane length. */
export function cleanName(name: string): string {
  return name.slice(0, limits.pathLengthMax).replace(unprintable, '').trim().slice(0, limits.nameLengthMax)
}

/**
 * A clean name inside a sentence: isolated, so that its direction does not turn the sentence round (UAX #9), and kept on
 * one line where any line has room for it.
 */
export function nameInSentence(name: string): string {
  const clean = cleanName(name)
  const kept = clean.length <= keptTogetherMax ? clean.replaceAll(' ', noBreakSpace) : clean
  return `${firstStrongIsolate}${kept}${popIsolate}`
}

/** A clean name short enough to read, with its middle left out. */
export function shortName(name: string): string {
  const letters = [...cleanName(name)]
  if (letters.length <= shownLengthMax) return letters.join('')
  const head = letters.slice(0, shownLengthMax - shownTailLength - 1).join('')
  return `${head}…${letters.slice(-shownTailLength).join('')}`
}
