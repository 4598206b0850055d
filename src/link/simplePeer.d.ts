/** What we use of @thaunknown/simple-peer 10, installed as simple-peer, which brings no types of its own. */
declare module 'simple-peer/lite.js' {
  interface Options {
    initiator: boolean
    trickle: boolean
    config: RTCConfiguration
    channelConfig: RTCDataChannelInit
    /** Leaves text messages text instead of making them bytes. */
    objectMode: boolean
  }

  export interface SimplePeerError extends Error {
    readonly code?: string
  }

  export default class SimplePeer {
    constructor(options: Options)
    on(event: 'signal', listener: (signal: import('./concealing.ts').OwnSignal) => void): void
    on(event: 'connect' | 'disconnect', listener: () => void): void
    on(event: 'data', listener: (message: Uint8Array<ArrayBuffer> | string) => void): void
    on(event: 'error', listener: (error: SimplePeerError) => void): void
    signal(signal: object): void
    send(message: Uint8Array<ArrayBuffer> | string): void
    getStats(
      callback: (error: Error | null, stats?: readonly import('./route.ts').StatsEntry[]) => void,
    ): void
    destroy(): void
    /** Internal. Null once destroyed, undefined when the browser refused to make one. */
    readonly _channel: RTCDataChannel | null | undefined
    readonly _pc: RTCPeerConnection | null | undefined
  }
}
