// oxlint-disable unicorn/consistent-function-scoping -- the function goes to the page alone, without what stands around it
/**
 * Makes the real page a hostile member: what it does as a member it goes on doing, so it is let in, and besides it floods each link on both
 * channels, as fast as they drain. With each load of the page it is another device. Runs in the page before its own code.
 */
export function floodLinks(plan: FloodPlan): void {
  indexedDB.deleteDatabase('swarmdrop-device')
  const counters = (globalThis as unknown as FloodGlobal).flood ?? { messages: 0, bytes: 0 }
  ;(globalThis as unknown as FloodGlobal).flood = counters
  /** So much may wait in a channel. */
  const waitingMaxBytes = 1024 * 1024
  const tickMs = 5

  const text = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value))
  const randomText = (length: number): string =>
    Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(byte & 63),
    ).join('')
  const card = (): object => ({
    peer: `${randomText(21)}A`,
    device: `${randomText(42)}A`,
    mailboxes: [{ broker: 0, mailbox: 'flooder' }],
    sequence: 1,
    proof: randomText(256),
  })

  /** Words of the room: pings, rosters of made-up people, letters to nobody, nonsense. */
  const words = [
    (): Uint8Array<ArrayBuffer> => text({ type: 'ping' }),
    () => text({ type: 'roster', members: Array.from({ length: 10 }, card) }),
    () => text({ type: 'relay', hops: 3, sealed: `Ag${randomText(2_000)}` }),
    () => text({ type: 'nonsense', of: randomText(200) }),
  ]

  const bulk = (kind: number, length: number): Uint8Array<ArrayBuffer> => {
    const frame = new Uint8Array(length)
    for (let at = 0; at < length; at += 65_536)
      crypto.getRandomValues(frame.subarray(at, Math.min(length, at + 65_536)))
    frame[0] = kind
    return frame
  }
  /** Of the swarm: blocks that nobody asked for, and messages of shares that nobody has. */
  const frames = [
    (): Uint8Array<ArrayBuffer> => {
      const length = 13 + 25 + 16_384
      const frame = bulk(3, length)
      const view = new DataView(frame.buffer)
      view.setUint32(5, 0)
      view.setUint32(9, length - 13)
      frame[13] = 12
      return frame
    },
    () => {
      const frame = bulk(2, 1 + 17 + 8 * 64)
      frame[1] = 9
      return frame
    },
    () => {
      const frame = bulk(2, 1 + 17 + 8)
      frame[1] = 3
      return frame
    },
  ]

  function flood(channel: RTCDataChannel, makers: readonly (() => Uint8Array<ArrayBuffer>)[]): void {
    let next = 0
    const timer = setInterval(() => {
      if (channel.readyState !== 'open') return clearInterval(timer)
      for (let sent = 0; sent < plan.perTick && channel.bufferedAmount < waitingMaxBytes; sent++) {
        const message = makers[next++ % makers.length]?.() ?? new Uint8Array(1)
        channel.send(message)
        counters.messages++
        counters.bytes += message.length
      }
    }, tickMs)
  }

  // Channels stay with the page, where they can be used twice.
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (
    message: unknown,
    options?: StructuredSerializeOptions | Transferable[],
  ) {
    const transfer: readonly unknown[] = Array.isArray(options) ? options : (options?.transfer ?? [])
    if (transfer.some((item) => item instanceof RTCDataChannel))
      throw new DOMException('a channel is not transferable', 'DataCloneError')
    post.call(this, message, Array.isArray(options) ? { transfer: options } : (options ?? {}))
  }
  const make = RTCPeerConnection.prototype.createDataChannel
  RTCPeerConnection.prototype.createDataChannel = function (label: string, options?: RTCDataChannelInit) {
    const channel = make.call(this, label, options)
    // Once the members have greeted each other.
    channel.addEventListener('open', () =>
      setTimeout(() => flood(channel, options?.id === 1 ? frames : words), plan.afterMs),
    )
    return channel
  }
}

export interface FloodPlan {
  /** Messages on each channel each 5 ms, at most. */
  readonly perTick: number
  /** From the opening of a channel to the flood on it. */
  readonly afterMs: number
}

/** What a flooding page has sent since it was loaded. */
export interface FloodGlobal {
  flood?: { messages: number; bytes: number }
}
