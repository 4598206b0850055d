import type { Millis } from '../../shared/ids.ts'
import type { VirtualTime } from './virtualTime.ts'

/** Payload of a full packet, and what else goes over the wire with it (Chromium: 1191 bytes of SCTP, 1256 with all headers). */
const payloadBytes = 1163
const headersBytes = 93
const burstPackets = 4
const rtoMinMs = 400

interface Packet {
  readonly order: number
  readonly lengthBytes: number
  /** The message that ends with it. */
  readonly ends: (() => void) | null
}

interface Outstanding {
  readonly packet: Packet
  sentAt: Millis
  missed: number
  lost: boolean
  sentAgain: boolean
}

/** Takes a packet of so many bytes on the wire to the other side, or loses it. */
export type Carry = (wireBytes: number, arrive: () => void) => void

/**
 * One direction of an SCTP association, as Chromium has it (dcSCTP): a first window of ten packets, slow start, Reno, at most four packets
 * for each message or acknowledgement, one packet after a timeout, in-order delivery.
 */
export class SctpSender {
  bufferedBytes = 0
  readonly #waiting: { left: number; ends: () => void }[] = []
  readonly #outstanding = new Map<number, Outstanding>()
  readonly #arrived = new Map<number, Packet>()
  #nextOrder = 0
  #expected = 0
  #unacknowledged: number[] = []
  #windowBytes = 10 * payloadBytes
  #threshold = Infinity
  #flightBytes = 0
  #partBytes = 0
  #recoverUntil = -1
  #smoothMs: Millis | null = null
  #varianceMs = 0
  #backoff = 1
  #timer = 0
  timeouts = 0

  readonly #time: VirtualTime
  readonly #forth: Carry
  readonly #back: Carry

  constructor(time: VirtualTime, forth: Carry, back: Carry) {
    this.#time = time
    this.#forth = forth
    this.#back = back
  }

  send(lengthBytes: number, arrived: () => void): void {
    this.#waiting.push({ left: lengthBytes, ends: arrived })
    this.bufferedBytes += lengthBytes
    this.#transmit()
  }

  #transmit(): void {
    for (let sent = 0; sent < burstPackets && this.#flightBytes < this.#windowBytes; sent++) {
      const entry = this.#nextLost() ?? this.#nextNew()
      if (!entry) return
      this.#flightBytes += entry.packet.lengthBytes
      entry.sentAt = this.#time.now
      if (this.#timer === 0) this.#startTimer()
      this.#forth(entry.packet.lengthBytes + headersBytes, () => this.#receive(entry.packet))
    }
  }

  #lostOrders: number[] = []

  #nextLost(): Outstanding | null {
    for (let order = this.#lostOrders.shift(); order !== undefined; order = this.#lostOrders.shift()) {
      const entry = this.#outstanding.get(order)
      if (!entry?.lost) continue
      entry.lost = false
      entry.sentAgain = true
      return entry
    }
    return null
  }

  #nextNew(): Outstanding | null {
    const message = this.#waiting[0]
    if (!message) return null
    const lengthBytes = Math.min(payloadBytes, message.left)
    message.left -= lengthBytes
    this.bufferedBytes -= lengthBytes
    if (message.left === 0) this.#waiting.shift()
    const packet = { order: this.#nextOrder++, lengthBytes, ends: message.left === 0 ? message.ends : null }
    const entry = { packet, sentAt: this.#time.now, missed: 0, lost: false, sentAgain: false }
    this.#outstanding.set(packet.order, entry)
    return entry
  }

  #receive(packet: Packet): void {
    if (packet.order < this.#expected || this.#arrived.has(packet.order)) return this.#acknowledge()
    this.#arrived.set(packet.order, packet)
    this.#unacknowledged.push(packet.order)
    const inOrder = packet.order === this.#expected
    for (let next = this.#arrived.get(this.#expected); next; next = this.#arrived.get(this.#expected)) {
      this.#arrived.delete(this.#expected++)
      next.ends?.()
    }
    if (!inOrder || this.#arrived.size > 0 || this.#unacknowledged.length > 1) this.#acknowledge()
    else this.#time.after(200, () => this.#unacknowledged.length > 0 && this.#acknowledge())
  }

  #acknowledge(): void {
    const orders = this.#unacknowledged
    this.#unacknowledged = []
    const expected = this.#expected
    this.#back(60, () => this.#acknowledged(orders, expected))
  }

  #acknowledged(orders: readonly number[], expected: number): void {
    const wasFull = this.#flightBytes >= this.#windowBytes - 2 * payloadBytes
    let bytes = 0
    let newest = -1
    for (const order of orders) {
      const entry = this.#outstanding.get(order)
      if (!entry) continue
      bytes += entry.packet.lengthBytes
      if (!entry.lost) this.#flightBytes -= entry.packet.lengthBytes
      if (!entry.sentAgain) this.#measure(this.#time.now - entry.sentAt)
      newest = Math.max(newest, order)
      this.#outstanding.delete(order)
    }
    this.#missed(newest)
    if (expected > this.#recoverUntil && wasFull) this.#widen(bytes)
    if (bytes > 0) {
      this.#backoff = 1
      this.#startTimer()
    }
    this.#transmit()
  }

  #measure(roundTripMs: Millis): void {
    if (this.#smoothMs === null) {
      this.#smoothMs = roundTripMs
      this.#varianceMs = roundTripMs / 2
    }
    this.#varianceMs += (Math.abs(roundTripMs - this.#smoothMs) - this.#varianceMs) / 4
    this.#smoothMs += (roundTripMs - this.#smoothMs) / 8
  }

  #missed(newest: number): void {
    for (const [order, entry] of this.#outstanding) {
      if (order >= newest) break
      if (entry.lost || entry.sentAgain || ++entry.missed < 3) continue
      this.#lose(entry)
      if (order <= this.#recoverUntil) continue
      this.#recoverUntil = this.#nextOrder - 1
      this.#threshold = Math.max(this.#windowBytes / 2, 4 * payloadBytes)
      this.#windowBytes = this.#threshold
      this.#partBytes = 0
    }
  }

  #lose(entry: Outstanding): void {
    entry.lost = true
    this.#flightBytes -= entry.packet.lengthBytes
    this.#lostOrders.push(entry.packet.order)
  }

  #widen(bytes: number): void {
    if (this.#windowBytes <= this.#threshold) {
      this.#windowBytes += Math.min(bytes, payloadBytes)
      return
    }
    this.#partBytes += bytes
    if (this.#partBytes < this.#windowBytes) return
    this.#partBytes -= this.#windowBytes
    this.#windowBytes += payloadBytes
  }

  #startTimer(): void {
    const timer = ++this.#timer
    const waitMs = Math.max(rtoMinMs, (this.#smoothMs ?? 500) + 4 * this.#varianceMs) * this.#backoff
    this.#time.after(waitMs, () => {
      if (timer === this.#timer) this.#timedOut()
    })
  }

  #timedOut(): void {
    this.#timer = 0
    if (this.#outstanding.size === 0) return
    this.timeouts++
    this.#backoff = Math.min(64, this.#backoff * 2)
    this.#threshold = Math.max(this.#windowBytes / 2, 4 * payloadBytes)
    this.#windowBytes = payloadBytes
    this.#partBytes = 0
    this.#lostOrders = []
    for (const entry of this.#outstanding.values()) {
      if (!entry.lost) this.#flightBytes -= entry.packet.lengthBytes
      entry.lost = true
      this.#lostOrders.push(entry.packet.order)
    }
    this.#transmit()
  }
}
