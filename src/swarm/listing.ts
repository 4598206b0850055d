import { bytesFromBase64Url, concatBytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import {
  announceIn,
  announceSoon,
  listeners,
  seeksList,
  tell,
  tellFirstPart,
  tellInterest,
} from './announcing.ts'
import { countOf, hashBytes, signedBytes, type HashPart } from './hashList.ts'
import { checkGathered, ownPiecesListed } from './holding.ts'
import type { SwarmInput } from './io.ts'
import { recheckNext } from './rechecking.ts'
import { fillAll } from './requests.ts'
import { isListHere, stages, type PeerState, type ShareState, type Turn } from './state.ts'
import { chargeChanges, misbehaved, strike } from './strikes.ts'
import { contradict, partWays } from './twoLists.ts'

/*
 * The hash list of a share comes in parts that its origin has signed. Whoever gets one has its signature verified before anything is made
 * of it, and passes it on as it is: so nobody can change it, and a wrong one is the fault of who sent it.
 */

/**
 * Has what we have hashed of a share of ours signed, unless a part of it is under way, or was just now. The first hash is a part alone: it
 * goes to all.
 */
export function signNext(turn: Turn, share: ShareState): void {
  const { list, ownAhead } = share
  if (!share.isOrigin || share.contradicted || share.signing || ownAhead.length === 0) return
  const waitMs = list.count > 1 ? share.signedAt + limits.signEveryMs - turn.now : 0
  if (waitMs > 0 && ownAhead.length < limits.hashesPerMessage) return announceIn(turn, waitMs)
  share.signedAt = turn.now
  const count = list.count === 0 ? 1 : Math.min(ownAhead.length, limits.hashesPerMessage)
  const part = { first: list.count, before: list.digest, hashes: concatBytes(ownAhead.slice(0, count)) }
  share.signing = part
  const id = share.manifest.share
  turn.emit({ type: 'signPart', share: id, part, bytes: signedBytes(id, part) })
}

export function partSigned(turn: Turn, share: ShareState, signed: SwarmInput & { type: 'partSigned' }): void {
  if (share.signing !== signed.part) return
  share.signing = null
  const part = { ...signed.part, signature: signed.signature }
  if (share.list.compare(part) === 'next') addPart(turn, share, part)
  sendHashes(turn, share)
  if (share.ownAhead.length >= limits.hashesPerMessage) signNext(turn, share)
  else if (share.ownAhead.length > 0) announceSoon(turn)
}

/** A peer sends a part of the list: one we asked it for, in its turn; the first, which goes to all; or one that contradicts ours. */
export function partArrived(turn: Turn, peer: PeerState, share: ShareState, part: HashPart): void {
  const count = countOf(part)
  if (part.first + count > share.pieceCount) return strike(turn, peer, 'hashes beyond the share')
  if (part.first === 0 && !isBeginning(part)) return strike(turn, peer, 'a list that begins as none does')
  if (share.contradicted) return chargeChanges(turn, peer, count)
  const relation = share.list.compare(part)
  const isNews = relation === 'other' || (takesTurn(turn, peer, share, part) && relation !== 'same')
  chargeChanges(turn, peer, isNews ? limits.verifyingCostPieces + count : count)
  knowsPart(peer, share, part)
  if (!isNews) return
  if (relation === 'other') partWays(turn, peer, share)
  share.unverified.push({ peer: peer.peer, part: copyOf(part) })
  verifyNext(turn, share)
}

/** What a peer sends it need not be sent. */
function knowsPart({ peer }: PeerState, { offeredTo }: ShareState, part: HashPart): void {
  const offer = offeredTo.get(peer)
  if (offer?.hashesSent === part.first) offer.hashesSent += countOf(part)
}

/** The first part of every list has one hash, and nothing before it. */
const isBeginning = (part: HashPart): boolean =>
  countOf(part) === 1 && part.before.every((byte) => byte === 0)

/** What came lies in the buffer of its message, which is not ours to keep. */
const copyOf = ({ first, before, signature, hashes }: HashPart): HashPart => ({
  first,
  before: before.slice(),
  signature: signature.slice(),
  hashes: hashes.slice(),
})

/**
 * Whether the part is one to be taken of this peer now. A list that nobody asked for would cost memory; one asked for comes once, from where
 * we asked for it, so it is taken even where the download has ended meanwhile. What we have told the peer ourselves it leaves out.
 */
function takesTurn(turn: Turn, peer: PeerState, share: ShareState, part: HashPart): boolean {
  const next = share.hashesAskedOf.get(peer.peer)
  if (next !== undefined && part.first >= next && part.first <= Math.max(next, share.list.count)) {
    share.hashesAskedOf.set(peer.peer, part.first + countOf(part))
    return true
  }
  const isFirst = part.first === 0
  if (next !== undefined && !isFirst && part.first >= share.list.count)
    strike(turn, peer, 'hashes out of their turn')
  return isFirst && next === undefined && peer.offered.has(share.manifest.share) && !isWaiting(share, peer)
}

const isWaiting = ({ unverified, verifying }: ShareState, { peer }: PeerState): boolean =>
  verifying?.peer === peer || unverified.some((sent) => sent.peer === peer)

function verifyNext(turn: Turn, share: ShareState): void {
  while (!share.verifying) {
    const next = share.unverified.shift()
    if (!next) return
    const { part } = next
    const relation = share.list.compare(part)
    if (relation === 'same' || relation === 'later') continue
    share.verifying = next
    const { share: id, key } = share.manifest
    const bytes = signedBytes(id, part)
    turn.emit({
      type: 'verifyPart',
      share: id,
      part,
      key: bytesFromBase64Url(key) ?? new Uint8Array(0),
      bytes,
    })
  }
}

export function partVerified(
  turn: Turn,
  share: ShareState,
  { part, right }: SwarmInput & { type: 'partVerified' },
): void {
  const sent = share.verifying
  if (sent?.part !== part) return
  share.verifying = null
  if (!right) forged(turn, share, sent.peer)
  else if (share.list.compare(part) === 'next') listGrew(turn, share, part)
  else return contradict(turn, share, part)
  verifyNext(turn, share)
}

/** An honest member has verified what it passes on: who sends a wrong signature made it. */
function forged(turn: Turn, share: ShareState, by: PeerState['peer']): void {
  const others = share.unverified.filter(({ peer }) => peer !== by)
  share.unverified.splice(0, share.unverified.length, ...others)
  const peer = turn.state.peers.get(by)
  if (peer) misbehaved(turn, peer, 'hashes that the origin did not sign')
}

function listGrew(turn: Turn, share: ShareState, part: HashPart): void {
  addPart(turn, share, part)
  announceSoon(turn)
  if (seeksList(turn, share)) tellInterest(turn, share)
  checkGathered(turn, share)
  fillAll(turn)
}

/** Adds a part that is verified, and goes on from what is known. */
export function addPart(turn: Turn, share: ShareState, part: HashPart): void {
  const wantedFrom = isListHere(share) ? part.first : 0
  share.list.add(part)
  const isAllWanted = isListHere(share) && !share.carrying
  const wantedTo = isAllWanted ? share.list.count : 0
  for (let piece = wantedFrom; piece < wantedTo; piece++)
    if (share.stage[piece] === stages.lacking) share.ledger.want(piece)
  ownPiecesListed(turn, share, part)
  recheckNext(turn, share)
  if (part.first === 0) for (const peer of listeners(turn, share)) tellFirstPart(turn, peer, share)
}

/** The next parts of the list, to all who want it; the rest follows with the next batches. */
export function sendHashes(turn: Turn, share: ShareState): void {
  for (const id of share.interested) {
    const peer = turn.state.peers.get(id)
    if (peer) sendHashesTo(turn, peer, share)
  }
}

export function sendHashesTo(turn: Turn, peer: PeerState, share: ShareState): void {
  const offer = share.offeredTo.get(peer.peer)
  if (!offer || peer.isBacklogged) return
  while (offer.hashesSent < share.list.count) {
    const part = share.list.partAt(offer.hashesSent)
    if (part?.first !== offer.hashesSent) return partWays(turn, peer, share, offer.hashesSent)
    if (peer.listRoom.parts <= 0 || peer.listRoom.bytes <= 0) return announceSoon(turn)
    peer.listRoom.parts--
    peer.listRoom.bytes -= part.hashes.length + hashBytes
    tell(turn, peer, { type: 'hashes', share: share.manifest.share, part })
    offer.hashesSent = part.first + countOf(part)
  }
}
