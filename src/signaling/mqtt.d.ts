/** What we use of MQTT.js 5 in its build for browsers: its own types bring those of Node into the page. */
declare module 'mqtt/dist/mqtt.esm' {
  interface Options {
    protocol: 'ws' | 'wss'
    hostname: string
    /** Instead of an address put together from the parts. */
    transformWsUrl: () => string
    /** The WebSocket of the browser, wherever this runs. */
    forceNativeWebSocket: true
    protocolVersion: 5
    clientId: string
    username: string | undefined
    password: string | undefined
    /** Seconds of silence, half as many again, after which the broker drops us. */
    keepalive: number
    timerVariant: { set: (callback: () => void, everyMs: number) => number; clear: (timer: number) => void }
    /** 0: never by itself. */
    reconnectPeriod: 0
    resubscribe: false
    queueQoSZero: false
    writeCache: false
    properties: { maximumPacketSize: number; receiveMaximum: number }
  }

  /** An answer of the broker. */
  interface Packet {
    readonly reasonCode?: number
    /** Answers to a subscription. */
    readonly granted?: readonly number[]
  }

  export interface MqttClient {
    on(event: 'connect' | 'packetreceive' | 'close', listener: () => void): void
    on(event: 'message', listener: (topic: string, payload: Uint8Array) => void): void
    on(event: 'disconnect', listener: (packet: Packet) => void): void
    /** `code` is a number where the broker gave it as its reason. */
    on(event: 'error', listener: (error: Error & { readonly code?: unknown }) => void): void
    publish(topic: string, payload: Uint8Array): void
    /** Called without an answer where the connection ends before it comes. */
    subscribe(
      topic: string,
      options: { qos: 0; rh: 2 },
      answered: (error: Error | null, granted?: unknown, answer?: Packet) => void,
    ): void
    unsubscribe(topic: string): void
    sendPing(): void
    end(force: true): void
  }

  const mqtt: { connect(options: Options): MqttClient }
  export default mqtt
}
