import type { LinkSession, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { unreachable } from '../shared/result.ts'
import type { Announcing } from './announcing.ts'
import type { Cards } from './cards.ts'
import type { RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import type { DoorChecks } from './doorChecks.ts'
import type { Catalogue } from './catalogue.ts'
import type { Census } from './census.ts'
import type { Gossip } from './gossip.ts'
import { isSameList } from './groups.ts'
import type { Meshing } from './meshing.ts'
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
  readonly census: Census
  readonly gossip: Gossip
  readonly meshing: Meshing
  readonly catalogue: Catalogue
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
  const { roster, relaying, dialing, introductions, doorChecks, announcing, cards, parting } = parts
  const { census, gossip, meshing, catalogue } = parts
  const { emit } = context
  const messages = createQuota<PeerId>(context, { countMax: limits.messagesPerTenSecondsMax })

  function cardArrived(member: LinkedMember, card: Card): void {
    if (card.peer !== member.peer) return faulted(member)
    if (card.proof === member.card?.proof) ownCardShown(member, member.card)
    else cards.check(member, card)
  }

  /** Only who has shown its card is a member: it says whose device this is. */
  function ownCardShown(member: LinkedMember, card: Card): void {
    if (roster.isBanned(card.device)) return parting.ban(member.peer)
    const isMoved = !isSameList(member.mailboxes, card.mailboxes)
    if (roster.takeCard(member, card) && (isMoved || !member.road.greeted)) roster.changed()
    doorChecks.told(member, card.doors)
    gossip.has(member.peer, [card.peer, card.sequence])
    if (census.take(card, member.peer, true)) gossip.news(card.peer)
    if (member.road.greeted) return
    member.road.greeted = true
    const isBack = member.lostSince !== null
    member.lostSince = null
    member.redialMs = limits.redialMinMs
    for (const earlier of roster.forgetEarlier(member)) census.remove(earlier)
    // Those behind us may have given it up, and us: only a newer card of each brings it back to all.
    if (isBack && census.isLarge()) cards.doubted()
    const wasTold = census.met(member.peer) && (!isBack || census.isLarge())
    const type = wasTold ? 'memberLinked' : 'memberJoined'
    emit({ type: 'report', report: { type, peer: member.peer, profile: card.profile } })
  }

  function faulted(member: LinkedMember): void {
    member.strikes++
    if (member.strikes >= limits.strikesMax) parting.ban(member.peer)
  }

  return {
    linkOpened(peer, session, route) {
      const wasAlone = roster.linked().length === 0
      const member = dialing.opened(peer, session, route)
      if (member === null) return
      if (!meshing.hasRoomForOne()) {
        announcing.turnAway(member)
        meshing.giveWay(member)
        return
      }
      gossip.linked(member)
      announcing.greet(member)
      // Those who were out of reach may be in reach of this one.
      if (wasAlone) dialing.redialNow()
    },

    messageArrived(member, message) {
      if (message.type !== 'relay' && !messages.allows(member.peer)) return faulted(member)
      switch (message.type) {
        case 'card':
          cardArrived(member, message.card)
          break
        case 'roster':
          introductions.rosterArrived(member, message.members, message.others)
          break
        case 'heads':
          gossip.headsArrived(member, message.heads)
          break
        case 'ask':
          gossip.asked(member, message.peers)
          break
        case 'cards':
          introductions.cardsArrived(member, message.cards)
          break
        case 'whatAre':
          catalogue.asked(member, message.shares)
          break
        case 'manifests':
          catalogue.manifestsArrived(member, message.manifests)
          break
        case 'doubt':
          if (!gossip.doubtArrived(member, message.heads)) faulted(member)
          break
        case 'giveWay':
          meshing.gaveWay(member)
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
      if (card.peer !== from) introductions.otherShown(from, card)
      else if (member !== undefined) ownCardShown(member, card)
    },
  }
}
