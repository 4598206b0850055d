import type { LinkSession, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { unreachable } from '../shared/result.ts'
import type { Announcing } from './announcing.ts'
import type { Cards } from './cards.ts'
import type { RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import type { DoorChecks } from './doorChecks.ts'
import type { Doors } from './doors.ts'
import type { Introductions } from './introductions.ts'
import type { Card, RoomMessage } from './io.ts'
import type { LinkedMember } from './member.ts'
import type { Parting } from './parting.ts'
import { createQuota } from './quota.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** The parts a conversation may set going. */
export interface ConversationParts {
  readonly roster: Roster
  readonly relaying: Relaying
  readonly dialing: Dialing
  readonly introductions: Introductions
  readonly doorChecks: DoorChecks
  readonly doors: Doors
  readonly announcing: Announcing
  readonly cards: Cards
  readonly parting: Parting
}

/** What is said on a link, from the first word to the last. */
export interface Conversation {
  linkOpened(peer: PeerId, session: LinkSession, route: 'direct' | 'relayed'): void
  messageArrived(member: LinkedMember, message: RoomMessage): void
  messageFaulted(member: LinkedMember): void
  /** A card that the peer showed is what it says. */
  cardChecked(from: PeerId, card: Card): void
}

export function createConversation(context: RoomContext, parts: ConversationParts): Conversation {
  const { roster, relaying, dialing, introductions, doorChecks, doors, announcing, cards, parting } = parts
  const { emit } = context
  const messages = createQuota<PeerId>(context, { countMax: limits.messagesPerTenSecondsMax })

  function profileArrived(member: LinkedMember, message: Extract<RoomMessage, { type: 'profile' }>): void {
    const { profile, card, doors: held } = message
    if (card.peer !== member.peer) return faulted(member)
    member.profile = profile
    doorChecks.told(member, held)
    if (card.proof === member.card?.proof) ownCardShown(member, member.card)
    else cards.check(member, card)
  }

  /** Only who has shown its card is a member: it says whose device this is. */
  function ownCardShown(member: LinkedMember, card: Card): void {
    if (roster.isBanned(card.device)) return parting.ban(member.peer)
    if (roster.takeCard(member, card)) roster.changed()
    const { profile } = member
    if (member.road.greeted || profile === null) return
    member.road.greeted = true
    member.lostSince = null
    member.redialMs = limits.redialMinMs
    roster.forgetEarlier(member)
    emit({ type: 'report', report: { type: 'memberJoined', peer: member.peer, profile } })
  }

  function faulted(member: LinkedMember): void {
    member.strikes++
    if (member.strikes >= limits.strikesMax) parting.ban(member.peer)
  }

  return {
    linkOpened(peer, session, route) {
      const wasAlone = roster.linked().length === 0
      const isFull = roster.isFull()
      const member = dialing.opened(peer, session, route)
      if (member === null) return
      if (isFull) {
        announcing.turnAway(member)
        member.redialMs = limits.redialMaxMs
        emit({ type: 'report', report: { type: 'roomFull', peer } })
        dialing.drop(member, 'roomFull')
        return
      }
      announcing.greet(member)
      // Those who were out of reach may be in reach of this one.
      if (wasAlone) dialing.redialNow()
    },

    messageArrived(member, message) {
      if (message.type !== 'relay' && !messages.allows(member.peer)) return faulted(member)
      switch (message.type) {
        case 'profile':
          profileArrived(member, message)
          break
        case 'roster':
          introductions.rosterArrived(member, message.members)
          if (member.road.refusing) doors.turnedAway()
          break
        case 'relay':
          if (!relaying.relayArrived(member, message)) faulted(member)
          break
        case 'ping':
          emit({ type: 'send', peer: member.peer, message: { type: 'pong' } })
          break
        case 'pong':
          // Hearing anything at all is what counts.
          break
        case 'atDoor':
          doorChecks.answered(member, message.nonce)
          break
        case 'bye':
          parting.saidBye(member)
          break
        default:
          unreachable(message)
      }
    },

    messageFaulted: faulted,

    cardChecked(from, card) {
      const member = roster.findLinked(from)
      if (member === undefined) return
      if (card.peer === from) ownCardShown(member, card)
      else introductions.otherShown(member, card)
    },
  }
}
