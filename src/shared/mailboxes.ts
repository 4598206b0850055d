import { randomBytes, type Random } from './random.ts'

/**
 * Where a sealed signal can be left at a broker: a PeerJS id, the last level of an MQTT topic.
 * Letters, digits and single inner dashes only, at most 64 of them, so that every broker takes it.
 */
export type Mailbox = string

const mailboxLengthMax = 64
/** What PeerServer and MQTT topics both take (PeerServer: letters and digits with single separators between them). */
const mailboxShape = /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/

export const isMailbox = (text: unknown): text is Mailbox =>
  typeof text === 'string' && text.length <= mailboxLengthMax && mailboxShape.test(text)

/** 128 random bits: nobody else has it, and nobody guesses it. */
const mailboxBytes = 16

export const randomMailbox = (random: Random): Mailbox =>
  [...randomBytes(random, mailboxBytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
