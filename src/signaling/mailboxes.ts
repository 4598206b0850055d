import { randomBytes, type Random } from '../shared/random.ts'
import type { Mailbox } from './signaling.ts'

const mailboxLengthMax = 64
/** What PeerServer and MQTT topics both take (PeerServer: letters and digits with single separators between them). */
const mailboxShape = /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/

export const isMailbox = (text: string): boolean => text.length <= mailboxLengthMax && mailboxShape.test(text)

/** 128 random bits: nobody else has it, and nobody guesses it. */
const mailboxBytes = 16

export const randomMailbox = (random: Random): Mailbox =>
  [...randomBytes(random, mailboxBytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
