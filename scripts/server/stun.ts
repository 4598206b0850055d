import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { SpanBudget } from './spanBudget.ts'
import type { ServerLimits } from './serverLimits.ts'

/** RFC 8489, sections 5 and 18.1. */
const headerBytes = 20
const bindingRequest = 0x0001
const bindingSuccess = 0x0101
const magicCookie = 0x2112a442
const xorMappedAddress = 0x0020
const attributeBytes = 12
const ipv4Family = 1

/** Tells browsers of this network the address under which it sees them. */
export interface StunServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * A STUN server (RFC 8489) that answers binding requests and nothing else, at the same port as the pages where that is free. A network
 * whose cable to the outside is out has often no way to "anywhere", and Chromium then knows no address of its own: whom it asks on
 * that network tells it.
 */
export async function openStunServer(port: number, host: string, limits: ServerLimits): Promise<StunServer> {
  const socket = await bound(port, host).catch(() => bound(0, host))
  const budget = new SpanBudget({
    spanMs: limits.stunSpanMs,
    perSpender: limits.stunAnswersPerAddress,
    total: limits.stunAnswersMax,
  })
  socket.on('message', (request, from) => {
    const answer = stunAnswer(request, from)
    if (answer !== null && budget.spend(from.address, 1, Date.now()))
      socket.send(answer, from.port, from.address)
  })
  // Of an answer that could not be sent: whoever asked asks again.
  socket.on('error', () => undefined)
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

function bound(port: number, host: string): Promise<Socket> {
  const socket = createSocket('udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** Null for what is no binding request over IPv4. */
export function stunAnswer(
  request: Buffer,
  { address, port, family }: Pick<RemoteInfo, 'address' | 'port' | 'family'>,
): Buffer | null {
  if (family !== 'IPv4' || request.length < headerBytes) return null
  if (request.readUInt16BE(0) !== bindingRequest || request.readUInt32BE(4) !== magicCookie) return null
  if (request.readUInt16BE(2) !== request.length - headerBytes) return null
  const answer = Buffer.alloc(headerBytes + attributeBytes)
  answer.writeUInt16BE(bindingSuccess, 0)
  answer.writeUInt16BE(attributeBytes, 2)
  request.copy(answer, 4, 4, headerBytes)
  answer.writeUInt16BE(xorMappedAddress, 20)
  answer.writeUInt16BE(attributeBytes - 4, 22)
  answer.writeUInt8(ipv4Family, 25)
  answer.writeUInt16BE(port ^ (magicCookie >>> 16), 26)
  const number = Buffer.from(address.split('.').map(Number)).readUInt32BE(0)
  answer.writeUInt32BE((number ^ magicCookie) >>> 0, 28)
  return answer
}
