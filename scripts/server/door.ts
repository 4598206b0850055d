import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net'
import type { ServerLimits } from './serverLimits.ts'

/** The first byte of a TLS ClientHello: a record of type handshake (RFC 8446, section 5.1). No HTTP method begins so. */
const tlsHandshakeByte = 0x16

/** One port for http and https: looks at what a client says first, and counts who is in. */
export class Door {
  readonly #door: NetServer
  readonly #limits: ServerLimits
  readonly #sockets = new Set<Socket>()
  readonly #perAddress = new Map<string, number>()

  constructor(limits: ServerLimits, enter: (socket: Socket, isTls: boolean) => void) {
    this.#limits = limits
    this.#door = createServer((socket) => {
      if (!this.#letIn(socket)) socket.destroy()
      else this.#listen(socket, (isTls) => enter(socket, isTls))
    })
    this.#door.maxConnections = limits.connectionsMax
  }

  /** The port. Rejects with Node's own error when it cannot be had (EADDRINUSE, EACCES). */
  open(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#door.once('error', reject)
      this.#door.listen(port, host, () => resolve((this.#door.address() as AddressInfo).port))
    })
  }

  /** Ends every connection at once and frees the port. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#door.close(() => resolve())
      for (const socket of this.#sockets) socket.destroy()
    })
  }

  #letIn(socket: Socket): boolean {
    const address = socket.remoteAddress ?? ''
    const count = this.#perAddress.get(address) ?? 0
    if (count >= this.#limits.connectionsPerAddressMax) return false
    this.#perAddress.set(address, count + 1)
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      const left = (this.#perAddress.get(address) ?? 0) - 1
      if (left > 0) this.#perAddress.set(address, left)
      else this.#perAddress.delete(address)
    })
    return true
  }

  /** Looks at the first byte a client sends, puts it back, and says whether it begins a TLS handshake. */
  #listen(socket: Socket, decided: (isTls: boolean) => void): void {
    const giveUp = () => socket.destroy()
    socket.on('error', giveUp)
    socket.setTimeout(this.#limits.firstByteTimeoutMs, giveUp)
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.setTimeout(0)
      socket.off('timeout', giveUp)
      socket.unshift(first)
      decided(first[0] === tlsHandshakeByte)
      process.nextTick(() => socket.resume())
    })
  }
}
