import { enLater } from './enLater.ts'

/** The words of what is opened later, of the catalogue in use. */
export const laterWords: typeof enLater = enLater
