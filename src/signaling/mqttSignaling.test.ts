import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { limits } from '../shared/limits.ts'
import { randomBelow, seededRandom, type Random } from '../shared/random.ts'
import { mqttSignaling } from './mqttSignaling.ts'
import { startMosquitto, whyNoMosquitto, type Mosquitto } from './testing/mosquitto.ts'
import { Client, patterned, signalingContract } from './testing/signalingContract.ts'

// The library's build for browsers runs here as it does in a page; Node 20 has neither.
vi.stubGlobal('WebSocket', WebSocket)
vi.stubGlobal('navigator', {})

const random: Random = seededRandom(1)
const missing = whyNoMosquitto()

let client: Client | null = null
afterEach(() => {
  client?.signaling.close()
  client = null
  // What the library has put off until the next turn must come, or it waits for it ever after.
  if (vi.isFakeTimers()) vi.advanceTimersByTime(1000)
  vi.useRealTimers()
})

const open = (url: string): Client => (client = new Client(mqttSignaling({ url }, random)))

describe.skipIf(missing !== null)(`a mosquitto${missing === null ? '' : `: ${missing}`}`, () => {
  let mosquitto: Mosquitto
  beforeAll(async () => {
    mosquitto = await startMosquitto()
  })
  afterAll(() => mosquitto.close())

  signalingContract(
    async () => {
      await mosquitto.start()
      return {
        openSignaling: mqttSignaling(mosquitto, random),
        switchOff: () => mosquitto.kill(),
        switchOn: () => mosquitto.start(),
      }
    },
    { sharesClaims: true },
  )

  test('with a login lets in who has it in the address, and refuses others', async () => {
    const locked = await startMosquitto({ name: 'some room', password: 's/cret' })
    const stranger = open(locked.url)
    await stranger.nextState('offline')
    expect(stranger.events).toEqual([{ type: 'state', state: 'offline', trouble: 'refusing' }])
    stranger.signaling.close()
    const member = open(locked.url.replace('//', '//some%20room:s%2Fcret@'))
    await member.nextState('online')
    await locked.close()
  })
})

describe('an MQTT broker that is not what it should be', () => {
  let server: Server
  let url: string
  /** What the broker answers to a packet, by the packet's first byte. */
  let answers: (packet: Packet) => readonly (readonly number[])[]

  beforeEach(async () => {
    server = createServer()
    new WebSocketServer({ server }).on('connection', (socket) => {
      let buffered = Buffer.alloc(0)
      socket.on('message', (data) => {
        buffered = Buffer.concat([buffered, data as Buffer])
        for (let packet = packetIn(buffered); packet !== null; packet = packetIn(buffered)) {
          buffered = buffered.subarray(packet.lengthBytes)
          for (const answer of answers(packet)) socket.send(Uint8Array.from(answer))
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterEach(async () => {
    client?.signaling.close()
    await new Promise((resolve) => server.close(resolve))
  })

  test.each([
    ['has no room for more', 'full', [0x20, 3, 0, 0x97, 0]],
    ['is busy', 'full', [0x20, 3, 0, 0x89, 0]],
    ['sees too many come', 'full', [0x20, 3, 0, 0x9f, 0]],
    ['is older, and out of order', 'full', [0x20, 2, 0, 3]],
    ['does not let us in', 'refusing', [0x20, 3, 0, 0x87, 0]],
    ['has banned us', 'refusing', [0x20, 3, 0, 0x8a, 0]],
    ['does not speak our version', 'refusing', [0x20, 3, 0, 0x84, 0]],
    ['is older, and does not speak our version', 'refusing', [0x20, 2, 0, 1]],
    ['is older, and does not let us in', 'refusing', [0x20, 2, 0, 5]],
  ])('[R29] counts as offline when it %s (%s), and is tried again', async (_, trouble, refusal) => {
    let dials = 0
    answers = (packet) => (packet.type === 'connect' && ++dials === 1 ? [refusal] : givesAll(packet))
    const alice = open(url)
    await alice.nextState('offline')
    expect(alice.events).toEqual([{ type: 'state', state: 'offline', trouble }])
    alice.signaling.retryNow()
    await alice.nextState('online')
    expect(dials).toBe(2)
  })

  test.each([
    ['forbids it', 'refusing', 0x87],
    ['has given too many', 'full', 0x97],
  ])(
    '[R29] counts as offline when it does not give us our own mailbox: it %s (%s)',
    async (_, trouble, code) => {
      answers = (packet) => (packet.type === 'subscribe' ? [given(packet, code)] : givesAll(packet))
      const alice = open(url)
      await alice.nextState('offline')
      expect(alice.events).toEqual([{ type: 'state', state: 'offline', trouble }])
    },
  )

  test.each([
    ['goes away', 'unreachable', 0x8b],
    ['has no room for us any more', 'full', 0x97],
    ['is told to by who runs it', 'refusing', 0x98],
  ])('[R29] counts as offline when it ends the connection: it %s (%s)', async (_, trouble, code) => {
    answers = (packet) =>
      packet.type === 'subscribe' ? [...givesAll(packet), [0xe0, 2, code, 0]] : givesAll(packet)
    const alice = open(url)
    await alice.nextState('offline')
    expect(alice.events.at(-1)).toEqual({ type: 'state', state: 'offline', trouble })
  })

  test('that gives no door tells so, and keeps us', async () => {
    let subscriptions = 0
    answers = (packet) =>
      packet.type === 'subscribe' && ++subscriptions > 1 ? [given(packet, 0x87)] : givesAll(packet)
    const alice = open(url)
    await alice.nextState('online')
    alice.signaling.claim('room-0')
    expect(await alice.next()).toEqual({ type: 'taken', mailbox: 'room-0' })
    expect(alice.events).toHaveLength(2)
  })

  test('that has died in silence is left', async () => {
    leapInTime()
    answers = (packet) => (packet.type === 'ping' ? [] : givesAll(packet))
    const alice = open(url)
    await alice.nextState('online')
    vi.advanceTimersByTime(pingIntervalMs + answerMaxMs)
    expect(alice.events.at(-1)).toEqual({ type: 'state', state: 'offline', trouble: 'unreachable' })
  })

  test('that answers nothing at all is left', async () => {
    leapInTime()
    answers = (packet) => (packet.type === 'connect' ? givesAll(packet) : [])
    const alice = open(url)
    vi.advanceTimersByTime(dialMaxMs)
    expect(alice.events).toEqual([{ type: 'state', state: 'offline', trouble: 'unreachable' }])
  })

  test('[R29] that answers late has its time, however often it is asked', async () => {
    leapInTime()
    let pings = 0
    answers = (packet) => {
      if (packet.type !== 'ping') return givesAll(packet)
      return ++pings < 3 ? [] : [...givesAll(packet), published(`swarmdrop/${alice.signaling.mailbox}`, [1])]
    }
    const alice = open(url)
    await alice.nextState('online')
    for (let time = 0; time < 2; time++) alice.signaling.retryNow()
    vi.advanceTimersByTime(answerMaxMs / 2)
    alice.signaling.retryNow()
    expect(await alice.next()).toMatchObject({ type: 'signal' })
    vi.advanceTimersByTime(answerMaxMs / 2)
    expect(alice.events).toHaveLength(2)
  })

  test('whose address the browser refuses outright counts as offline', async () => {
    const alice = open(`${url}#part`)
    await alice.nextState('offline')
    expect(alice.events).toEqual([{ type: 'state', state: 'offline', trouble: 'unreachable' }])
  })

  test('cannot leave us what is not ours or too long, or make us keep it', async () => {
    answers = (packet) => {
      if (packet.type !== 'subscribe') return givesAll(packet)
      const [topic] = packet.topics
      return [
        ...givesAll(packet),
        published('swarmdrop/of-somebody-else', [1]),
        published(`${topic}/below`, [2]),
        published(
          topic ?? '',
          Array.from({ length: limits.signalSizeMaxBytes + 1 }, () => 4),
        ),
        published(topic ?? '', [5]),
      ]
    }
    const alice = open(url)
    await alice.nextState('online')
    expect(await alice.next()).toMatchObject({ type: 'signal', sealed: Uint8Array.of(5) })
    expect(alice.events).toHaveLength(2)
  })

  test('cannot make anything throw, whatever it sends', async () => {
    const chance = seededRandom(7)
    const anyBytes = (): number[] =>
      Array.from({ length: 1 + randomBelow(chance, 40) }, () => randomBelow(chance, 256))
    for (let round = 0; round < 150; round++) {
      const kind = randomBelow(chance, 16) * 16 + randomBelow(chance, 16)
      const body = anyBytes()
      answers = (packet) =>
        packet.type === 'subscribe'
          ? [...givesAll(packet), [kind, body.length, ...body], anyBytes(), [0xd0, 0]]
          : givesAll(packet)
      const alice = open(url)
      await alice.next()
      alice.signaling.post(alice.signaling.mailbox, patterned(3))
      await new Promise((resolve) => setTimeout(resolve, 2))
      alice.signaling.close()
    }
  })
})

/** Time goes on by itself, as the library needs it to, and by leaps. */
const leapInTime = (): unknown =>
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    shouldAdvanceTime: true,
  })

/** As in mqttSignaling.ts. */
const dialMaxMs = 15_000
const pingIntervalMs = 15_000
const answerMaxMs = 10_000

interface Packet {
  readonly type: 'connect' | 'subscribe' | 'ping' | 'other'
  /** The bytes by which an answer names it. */
  readonly id: readonly number[]
  readonly topics: readonly string[]
  readonly lengthBytes: number
}

/** The first whole packet of a client (MQTT 5, section 2.1). */
function packetIn(bytes: Buffer): Packet | null {
  let lengthAt = 1
  let length = 0
  do {
    if (lengthAt >= bytes.length) return null
    length += ((bytes[lengthAt] ?? 0) & 127) * 128 ** (lengthAt - 1)
  } while (((bytes[lengthAt++] ?? 0) & 128) !== 0)
  if (bytes.length < lengthAt + length) return null
  const type = ({ 1: 'connect', 8: 'subscribe', 12: 'ping' } as const)[(bytes[0] ?? 0) >> 4] ?? 'other'
  const body = bytes.subarray(lengthAt, lengthAt + length)
  // Id, no properties, one topic with its length before it and its options behind it.
  const topics = type === 'subscribe' ? [body.subarray(5, -1).toString()] : []
  return { type, id: [...body.subarray(0, 2)], topics, lengthBytes: lengthAt + length }
}

const given = ({ id }: Packet, code: number): number[] => [0x90, 4, ...id, 0, code]

/** What a broker answers that has nothing against us. */
function givesAll(packet: Packet): number[][] {
  if (packet.type === 'connect') return [[0x20, 3, 0, 0, 0]]
  if (packet.type === 'subscribe') return [given(packet, 0)]
  return packet.type === 'ping' ? [[0xd0, 0]] : []
}

const lengthBytes = (length: number): number[] =>
  length < 128 ? [length] : [(length & 127) | 128, ...lengthBytes(length >> 7)]

/** A message, as a broker hands it on. */
function published(topic: string, payload: readonly number[]): number[] {
  const length = 2 + topic.length + 1 + payload.length
  return [0x30, ...lengthBytes(length), 0, topic.length, ...Buffer.from(topic), 0, ...payload]
}
