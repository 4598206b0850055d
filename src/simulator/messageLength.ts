import type { SwarmMessage } from '../swarm/io.ts'

/** Bytes of a message's header. */
const headerBytes = 40
const numberBytes = 4

/** About what a message takes when encoded. */
export function messageLength(message: SwarmMessage): number {
  switch (message.type) {
    case 'offer':
      return 300
    case 'bitfield':
      return headerBytes + message.bits.length
    case 'have':
      return headerBytes + 2 * numberBytes * message.runs.length
    case 'hashes':
      return headerBytes + message.hashes.length
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
