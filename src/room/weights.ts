import { utf8FromText } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import type { Card } from './io.ts'
import { inParts } from './inParts.ts'

/** Bytes of a message that its items may take: the rest is for what is around them. */
export const itemsMaxBytes = limits.messageSizeMaxBytes - 4096

/** Bytes of an item in a message, and the comma behind it. */
export const weightOf = (item: Card | string): number => utf8FromText(JSON.stringify(item)).length + 1

/** Cards in as many messages as they need. */
export const cardParts = (cards: readonly Card[]): Iterable<Card[]> =>
  inParts(cards, limits.cardsPerMessage, weightOf, itemsMaxBytes)

/** Manifests likewise. */
export const manifestParts = (manifests: readonly string[]): Iterable<string[]> =>
  inParts(manifests, limits.manifestsPerMessage, weightOf, itemsMaxBytes)
