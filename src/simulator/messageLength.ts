import type { HashPart } from '../swarm/hashList.ts'
import type { SwarmMessage } from '../swarm/io.ts'

/** Bytes of a message's header. */
const headerBytes = 40
const numberBytes = 4
const farHolderBytes = 17

const partLength = ({ before, signature, hashes }: HashPart): number =>
  before.length + signature.length + hashes.length

/** About what a message takes when encoded. */
export function messageLength(message: SwarmMessage): number {
  switch (message.type) {
    case 'offer':
      return 360
    case 'bitfield':
      return headerBytes + numberBytes + message.listed.digest.length + message.bits.length
    case 'through':
      return (
        headerBytes +
        numberBytes +
        message.listed.digest.length +
        farHolderBytes * message.holders.length +
        message.bits.length
      )
    case 'have':
      return headerBytes + 2 * numberBytes * message.runs.length
    case 'hashes':
      return headerBytes + numberBytes + partLength(message.part)
    case 'promise':
      return headerBytes + numberBytes * message.pieces.length
    case 'request':
    case 'cancel':
    case 'refuse':
      return headerBytes + 2 * numberBytes * message.blocks.length
    case 'block':
      return headerBytes + message.bytes.length
    case 'interested':
    case 'notInterested':
    case 'withdraw':
    case 'ignored':
      return headerBytes
  }
}
