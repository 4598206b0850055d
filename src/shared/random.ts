import { base64UrlFromBytes, type Bytes } from './bytes.ts'
import {
  idBytes,
  linkSessionBytes,
  type LinkSession,
  type PeerId,
  type RoomSecret,
  type ShareId,
} from './ids.ts'

/** The only source of chance: 32 unbiased bits a call, as an integer from 0 to 2^32 - 1. */
export type Random = () => number

/**
 * A seeded generator for machines under test and for the simulator (sfc32 by Chris Doty-Humphrey, PractRand):
 * the same seed gives the same run.
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = seed | 0
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 15; round++) next()
  return next
}

/** A whole number from 0 to `below` - 1, for `below` from 1 to 2^32. */
export function randomBelow(random: Random, below: number): number {
  return Math.floor((random() / 0x1_0000_0000) * below)
}

export function randomBytes(random: Random, lengthBytes: number): Bytes {
  return Uint8Array.from({ length: lengthBytes }, () => random() & 0xff)
}

export const randomPeerId = (random: Random): PeerId =>
  base64UrlFromBytes(randomBytes(random, idBytes)) as PeerId
export const randomShareId = (random: Random): ShareId =>
  base64UrlFromBytes(randomBytes(random, idBytes)) as ShareId
export const randomRoomSecret = (random: Random): RoomSecret =>
  base64UrlFromBytes(randomBytes(random, idBytes)) as RoomSecret
export const randomLinkSession = (random: Random): LinkSession =>
  base64UrlFromBytes(randomBytes(random, linkSessionBytes)) as LinkSession
