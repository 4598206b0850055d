import { en } from './en.ts'

/** What a catalogue must say. */
export type Words = typeof en

/** The catalogue in use. English is the only one so far. */
export const words: Words = en
