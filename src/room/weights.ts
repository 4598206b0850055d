import { limits } from '../shared/limits.ts'
import type { Card } from './io.ts'
import { inParts } from './inParts.ts'

/** Bytes of a message that its items may take: the rest is for what is around them. */
const itemsMaxBytes = limits.messageSizeMaxBytes - 4096

/** Cards in as many messages as they need. A card has at most 1.4 kB besides its shares, of 25 bytes each. */
export const cardParts = (cards: readonly Card[]): Iterable<Card[]> =>
  inParts(cards, limits.cardsPerMessage, ({ shares }) => 1400 + 25 * shares.length, itemsMaxBytes)

/** Manifests likewise: as text in a text each quotation mark takes two bytes, and a letter of a name up to three. */
export const manifestParts = (manifests: readonly string[]): Iterable<string[]> =>
  inParts(manifests, limits.manifestsPerMessage, (manifest) => 3 * manifest.length, itemsMaxBytes)
