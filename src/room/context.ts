import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Mailbox } from '../shared/mailboxes.ts'
import type { Random } from '../shared/random.ts'
import type { Card, MailboxAt, Profile, RoomEffect } from './io.ts'

export interface OwnBroker {
  readonly mailbox: Mailbox
  online: boolean
}

/** What the parts of the room machine share. */
export interface RoomContext {
  readonly self: PeerId
  readonly random: Random
  readonly brokers: readonly OwnBroker[]
  readonly profile: Profile
  /** A one-way hash of a text, as base64url of 128 bits or more. */
  readonly hash: (text: string) => string
  /** Days since 1970: with it doors move, and nobody's id stands first for good. */
  epoch: number
  /** Where peers stand in the order of an epoch, so that it is not hashed each time. */
  readonly orders: Map<PeerId, { readonly epoch: number; readonly order: string }>
  /** Our own, once it is signed. */
  card: Card | null
  /** The moment of the input being handled. */
  now: Millis
  readonly emit: (effect: RoomEffect) => void
}

/** Something a part must do at a moment, unless an input changes its mind before. */
export interface Deadline {
  readonly at: Millis
  readonly why: string
}

/** Our mailboxes at the brokers that are online: an address that nobody empties is of no use to others. */
export function ownMailboxes(context: RoomContext): MailboxAt[] {
  return context.brokers.flatMap(({ mailbox, online }, broker) => (online ? [{ broker, mailbox }] : []))
}

/** Whether the one peer comes before the other where an order decides: not by their ids, which can be searched for, but by their hashes with the epoch. */
export function comesBefore(context: RoomContext, one: PeerId, other: PeerId): boolean {
  return orderOf(context, one) < orderOf(context, other)
}

function orderOf({ hash, epoch, orders }: RoomContext, peer: PeerId): string {
  const known = orders.get(peer)
  if (known?.epoch === epoch) return known.order
  if (orders.size >= 2 * limits.censusMax) orders.clear()
  const order = hash(`order ${epoch} ${peer}`)
  orders.set(peer, { epoch, order })
  return order
}

/** A span from 3/4 to 5/4 of the one given, so that members do not act in step. */
export function jittered(context: RoomContext, ms: Millis): Millis {
  return ms * (0.75 + context.random() / 0x2_0000_0000)
}
