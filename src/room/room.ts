import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert, unreachable } from '../shared/result.ts'
import { createAnnouncing } from './announcing.ts'
import { createBrokerChecks, type BrokerChecks } from './brokerChecks.ts'
import { createCards } from './cards.ts'
import { createCatalogue } from './catalogue.ts'
import { createCensus, type Census } from './census.ts'
import type { RoomContext } from './context.ts'
import { createConversation, type Conversation, type ConversationParts } from './conversation.ts'
import { createDialing } from './dialing.ts'
import { createDoorChecks } from './doorChecks.ts'
import { createDoors, type Doors } from './doors.ts'
import { createGossip } from './gossip.ts'
import { createIntroductions } from './introductions.ts'
import type { MemberSnapshot, RoomEffect, RoomInput } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createLiveness, type Liveness } from './liveness.ts'
import { createMeshing } from './meshing.ts'
import { createNonces } from './nonces.ts'
import { createParting } from './parting.ts'
import { createRelaying } from './relaying.ts'
import { createRoster, type Roster } from './roster.ts'

/** With links there is a deadline every few seconds: a longer gap between two inputs means that we slept. */
const sleptMs: Millis = 2 * limits.pingAfterMs

/** In a large room words come by the hundred: what follows of them may come so much later. */
const talkSettlesMs: Millis = 100

const isTalk = ({ type }: RoomInput): boolean =>
  type === 'messageArrived' || type === 'cardChecked' || type === 'relayChecked' || type === 'manifestChecked'

export interface Room {
  /**
   * The only way in. `started` comes first; `now` never goes back. Runs to the end, never waits, and never throws on
   * what a peer or a broker sent. The effects are to be carried out in order.
   */
  handle(input: RoomInput, now: Millis): RoomEffect[]
  /** Everyone else we know of, in the order of acquaintance. */
  members(): MemberSnapshot[]
  /** Members that give the share, as they say: in a large room, linked with us or not. */
  giversOf(share: ShareId): ReadonlySet<PeerId>
}

type Started = Extract<RoomInput, { type: 'started' }>
type Running = ReturnType<typeof assemble>

export type RoomOptions = Pick<RoomContext, 'self' | 'random' | 'hash'>

/**
 * The room as one member sees it: who is here, whom to link with, how newcomers are introduced. Pure: time comes with
 * each input, chance from `random`.
 */
export function createRoom(options: RoomOptions): Room {
  let effects: RoomEffect[] = []
  const emit = (effect: RoomEffect) => void effects.push(effect)
  let stage: { readonly name: 'new' | 'left' } | { readonly name: 'running'; readonly running: Running } = {
    name: 'new',
  }
  let handledAt: Millis = 0
  let wakeAt: Millis | null = null

  function start({ fresh, profile, brokers, epoch }: Started, now: Millis): Running {
    const own = brokers.slice(0, limits.brokersMax).map((mailbox) => ({ mailbox, online: false }))
    return assemble(
      { ...options, brokers: own, profile, epoch, orders: new Map(), card: null, now, emit },
      fresh,
    )
  }

  function askToBeWoken(running: Running): void {
    const deadlines = running.parts.flatMap((part) => part.deadlines())
    const first = deadlines.reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, why: 'never' })
    if (first.at === (wakeAt ?? Infinity)) return
    wakeAt = first.at
    if (first.at < Infinity) emit({ type: 'wakeAt', at: first.at, why: first.why })
  }

  /** What many say at once is looked over once. */
  function attendSoon(now: Millis): void {
    if (wakeAt !== null && wakeAt <= now + talkSettlesMs) return
    wakeAt = now + talkSettlesMs
    emit({ type: 'wakeAt', at: wakeAt, why: 'talk' })
  }

  function run(running: Running, input: RoomInput, now: Millis): void {
    running.context.now = now
    if (now - handledAt > sleptMs) running.resume()
    handledAt = now
    if (input.type === 'woke') wakeAt = null
    running.take(input)
    if (input.type === 'left') {
      stage = { name: 'left' }
      return
    }
    // The swarm speaks a hundred times a second; what is due can wait for its moment.
    if (input.type === 'peerHeard' && wakeAt !== null && now < wakeAt) return
    if (isTalk(input) && running.isLarge()) return attendSoon(now)
    for (const part of running.parts) part.attend()
    askToBeWoken(running)
  }

  return {
    handle(input, now) {
      effects = []
      if (stage.name === 'left') return effects
      if (input.type === 'started') {
        assert(stage.name === 'new', 'a room starts once')
        handledAt = now
        stage = { name: 'running', running: start(input, now) }
      }
      assert(stage.name === 'running', 'a room starts before all else')
      run(stage.running, input, now)
      return effects
    },
    giversOf: (share) => (stage.name === 'running' ? stage.running.giversOf(share) : new Set()),
    members: () => (stage.name === 'running' ? stage.running.members() : []),
  }
}

/** Puts the parts together. */
function assemble(context: RoomContext, fresh: boolean) {
  const roster = createRoster(context)
  const relaying = createRelaying(context, roster, () => census.isLarge())
  const nonces = createNonces(context)
  const census: Census = createCensus(context, roster, (...cards) => catalogue.cardChanged(...cards))
  const catalogue = createCatalogue(context, roster, census)
  const cards = createCards(context, census, () => doors.ours())
  const gossip = createGossip(context, roster, census, cards.doubted)
  const dialing = createDialing(context, roster, relaying, nonces, census, gossip)
  const meshing = createMeshing(context, roster, census, dialing, relaying, catalogue)
  const brokerChecks = createBrokerChecks(context, relaying, nonces, () => doors.ours())
  const introductions = createIntroductions(
    context,
    roster,
    dialing,
    relaying,
    nonces,
    cards,
    census,
    gossip,
    meshing,
    brokerChecks,
  )
  const liveness = createLiveness(context, roster, introductions)
  const doorChecks = createDoorChecks(context, roster, relaying, nonces)
  const doors = createDoors(context, roster, relaying, nonces, doorChecks, census, fresh)
  const announcing = createAnnouncing(context, roster, census, gossip)
  const parting = createParting(context, roster, census, gossip)
  const parts = {
    roster,
    relaying,
    dialing,
    introductions,
    doorChecks,
    doors,
    announcing,
    cards,
    census,
    gossip,
    meshing,
    catalogue,
    brokerChecks,
    parting,
    liveness,
  }
  return {
    context,
    ...createTaking(context, { ...parts, conversation: createConversation(context, parts) }),
    giversOf: catalogue.giversOf,
    isLarge: census.isLarge,
    members: () => [...roster.snapshots(), ...reachable(roster, census)],
    parts: [
      liveness,
      introductions,
      census,
      meshing,
      dialing,
      doorChecks,
      doors,
      brokerChecks,
      cards,
      announcing,
      gossip,
      catalogue,
    ],
  }
}

interface Parts extends ConversationParts {
  readonly doors: Doors
  readonly brokerChecks: BrokerChecks
  readonly liveness: Liveness
  readonly conversation: Conversation
}

/** Those of a large room that others are linked with. */
function* reachable(roster: Roster, census: Census): Generator<MemberSnapshot> {
  if (!census.isLarge()) return
  for (const { card } of census.all()) {
    const { peer, profile, device } = card
    if (roster.find(peer) === undefined) yield { peer, profile, device, state: 'reachable' }
  }
}

/** Brings each input to the part that it concerns. */
function createTaking(context: RoomContext, parts: Parts) {
  const { roster, relaying, dialing, introductions, liveness, doors, cards, parting, conversation } = parts
  const { catalogue, meshing, brokerChecks } = parts

  function resume(): void {
    liveness.askAll()
    dialing.redialNow()
    doors.knockEverywhere()
  }

  function setOnline(broker: number, online: boolean): void {
    const own = context.brokers[broker]
    if (own !== undefined) own.online = online
  }

  /** The member a message came from, noted as heard; undefined for what trails behind a closed link. */
  function speaker(peer: PeerId): LinkedMember | undefined {
    const member = roster.findLinked(peer)
    if (member !== undefined) liveness.heard(member)
    return member
  }

  function take(input: RoomInput): void {
    switch (input.type) {
      case 'started':
      case 'woke':
        break
      case 'brokerOnline':
        setOnline(input.broker, true)
        doors.brokerOnline(input.broker)
        brokerChecks.brokerOnline(input.broker)
        dialing.redialNow()
        liveness.brokerOnline()
        break
      case 'brokerOffline':
        setOnline(input.broker, false)
        doors.brokerOffline(input.broker)
        brokerChecks.brokerOffline(input.broker)
        break
      case 'epochChanged':
        return doors.epochChanged(input.epoch)
      case 'doorHeld':
        return doors.held(input)
      case 'doorShared':
        return doors.shared(input)
      case 'doorTaken':
        return doors.taken(input)
      case 'doorLost':
        return doors.lost(input)
      case 'letterArrived':
        return introductions.letterArrived(input.letter)
      case 'handOffered':
      case 'handAnswered':
        return introductions.broughtByHand(input)
      case 'manifestChecked':
        return catalogue.manifestChecked(input)
      case 'sharesChanged':
        catalogue.sharesChanged(input)
        cards.sharesGiven(input.given)
        meshing.seek(input.sought)
        break
      case 'cardSigned':
        return cards.signed(input.card)
      case 'cardChecked':
        return conversation.cardChecked(input.from, input.card)
      case 'relayChecked':
        return relaying.relayChecked(input.from, input.author, input.message)
      case 'linkSignaled':
        dialing.signaled(input.peer, input.kind, input.session, input.data)
        break
      case 'linkOpened':
        return conversation.linkOpened(input.peer, input.session, input.route)
      case 'linkRerouted': {
        const member = roster.findLinked(input.peer)
        if (member?.road.session === input.session) member.road.route = input.route
        break
      }
      case 'linkClosed':
        return introductions.linkClosed(input.peer, input.session)
      case 'pathLost':
      case 'pathFound': {
        const member = roster.findLinked(input.peer)
        if (member?.road.session === input.session) liveness[input.type](member)
        break
      }
      case 'peerHeard':
        speaker(input.peer)
        break
      case 'messageArrived': {
        const member = speaker(input.peer)
        if (member !== undefined) conversation.messageArrived(member, input.message)
        break
      }
      case 'messageFaulted': {
        const member = speaker(input.peer)
        if (member !== undefined) conversation.messageFaulted(member)
        break
      }
      case 'peerMisbehaved':
        return parting.ban(input.peer)
      case 'resumed':
        return resume()
      case 'left':
        parting.leave()
        doors.releaseAll()
        break
      default:
        unreachable(input)
    }
  }

  return { take, resume }
}
