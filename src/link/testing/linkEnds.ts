import { bytesEqual, utf8FromText, type Bytes } from '../../shared/bytes.ts'
import { assert } from '../../shared/result.ts'
import type { BulkChannel } from '../bulkChannel.ts'
import type {
  ConnectionView,
  IceSettings,
  Link,
  LinkFault,
  LinkListener,
  LinkProof,
  OpenLink,
  Route,
  SignalKind,
} from '../link.ts'

type LinkEvent =
  | { readonly type: 'opened'; readonly route: Route; readonly messageMaxBytes: number }
  | { readonly type: 'rerouted'; readonly route: Route }
  | { readonly type: 'otherListens' }
  | { readonly type: 'lanesChanged'; readonly count: number }
  | { readonly type: 'laneProven'; readonly lane: number }
  | { readonly type: 'laneClosed'; readonly lane: number }
  | { readonly type: 'pathLost' | 'pathFound' }
  | { readonly type: 'message'; readonly bytes: Bytes }
  | { readonly type: 'closed'; readonly fault: LinkFault | null }

/** What both sides sign: nothing but what they see, as who they are is not the link's matter. */
export const signedView = ({ lane, offered, answered }: ConnectionView): Bytes =>
  utf8FromText(`${lane} ${offered} ${answered}`)

const plainProof: LinkProof = {
  sign: async (view) => signedView(view),
  check: async (view, signature) => bytesEqual(signature, signedView(view)),
}

const anyWay = (): IceSettings => ({ servers: [], relayOnly: false })

/** One end of a link, whose test waits for what it is told, never for time. */
export class End implements LinkListener {
  readonly link: Link
  readonly events: LinkEvent[] = []
  readonly signaledKinds = new Set<SignalKind>()
  /** The bulk channels that were handed over, by lane. */
  readonly channels = new Map<number, BulkChannel>()
  /** Takes what this end signals. */
  onSignal: (signal: string) => void = () => {}
  #read = 0
  #wake: (() => void) | null = null

  constructor(open: OpenLink, initiator: boolean, proof = plainProof, ice: () => IceSettings = anyWay) {
    const handOver = (lane: number, channel: BulkChannel): void => {
      assert(!this.channels.has(lane), 'a lane is handed over once')
      this.channels.set(lane, channel)
    }
    this.link = open({ initiator, ice, proof, handOver, listener: this })
  }

  /** The next event of this type; others before it are skipped. */
  async next<Type extends LinkEvent['type']>(type: Type): Promise<Extract<LinkEvent, { type: Type }>> {
    for (;;) {
      if (this.#read === this.events.length) await new Promise<void>((resolve) => (this.#wake = resolve))
      const event = this.events[this.#read++]
      if (event?.type === type) return event as Extract<LinkEvent, { type: Type }>
    }
  }

  /** The bulk channel of the lane, once it is open. */
  async openChannel(lane: number): Promise<BulkChannel> {
    const channel = this.channels.get(lane)
    assert(channel, `lane ${lane} was handed over`)
    if (channel.readyState === 'connecting') await new Promise((resolve) => (channel.onopen = resolve))
    channel.binaryType = 'arraybuffer'
    return channel
  }

  get messages(): Bytes[] {
    return this.events.flatMap((event) => (event.type === 'message' ? [event.bytes] : []))
  }

  signaled(kind: SignalKind, data: string): void {
    this.signaledKinds.add(kind)
    this.onSignal(data)
  }
  opened(route: Route, messageMaxBytes: number): void {
    this.#tell({ type: 'opened', route, messageMaxBytes })
  }
  rerouted(route: Route): void {
    this.#tell({ type: 'rerouted', route })
  }
  otherListens(): void {
    this.#tell({ type: 'otherListens' })
  }
  lanesChanged(count: number): void {
    this.#tell({ type: 'lanesChanged', count })
  }
  laneProven(lane: number): void {
    this.#tell({ type: 'laneProven', lane })
  }
  laneClosed(lane: number): void {
    this.#tell({ type: 'laneClosed', lane })
  }
  pathLost(): void {
    this.#tell({ type: 'pathLost' })
  }
  pathFound(): void {
    this.#tell({ type: 'pathFound' })
  }
  messageArrived(bytes: Bytes): void {
    this.#tell({ type: 'message', bytes })
  }
  closed(fault: LinkFault | null): void {
    this.#tell({ type: 'closed', fault })
  }

  #tell(event: LinkEvent): void {
    this.events.push(event)
    this.#wake?.()
    this.#wake = null
  }
}

export interface Pair {
  readonly alice: End
  readonly bob: End
}

/** Alice offers. Each signal is passed on `times` times. */
export function makePair(open: OpenLink, times = 1, bobsProof = plainProof): Pair {
  const alice = new End(open, true)
  const bob = new End(open, false, bobsProof)
  const passTo = (to: End) => (signal: string) => {
    for (let time = 0; time < times; time++) to.link.signal(signal)
  }
  alice.onSignal = passTo(bob)
  bob.onSignal = passTo(alice)
  return { alice, bob }
}

export async function openPair(open: OpenLink): Promise<Pair> {
  const pair = makePair(open)
  await Promise.all([pair.alice.next('opened'), pair.bob.next('opened')])
  return pair
}

export function closeBoth({ alice, bob }: Pair): void {
  alice.link.close()
  bob.link.close()
}

/** Bytes that tell both their place and their length. */
export const patterned = (lengthBytes: number, seed = 0): Bytes =>
  Uint8Array.from({ length: lengthBytes }, (_, at) => at * 7 + (at >> 8) + lengthBytes + seed)

export function checkMessages(arrived: readonly Bytes[], sent: readonly Bytes[]): void {
  assert(arrived.length === sent.length, `${arrived.length} messages arrived of ${sent.length} sent`)
  for (const [at, bytes] of sent.entries()) {
    const other = arrived[at]
    assert(other && bytesEqual(other, bytes), `message ${at} of ${bytes.length} bytes arrived whole`)
  }
}

/** The signal, saying that its sender takes so many bytes in one data channel message; null leaves the saying out. */
function takingAtOnce(signal: string, sizeBytes: number | null): string {
  const { sdp, ...rest } = JSON.parse(signal) as { sdp?: string }
  if (sdp === undefined) return signal
  const line = sizeBytes === null ? '' : `a=max-message-size:${sizeBytes}\r\n`
  assert(/^a=max-message-size:/m.test(sdp), 'a description that says it')
  return JSON.stringify({ ...rest, sdp: sdp.replace(/^a=max-message-size:.*\r\n/m, line) })
}

/** Alice offers, and what she says of herself is not what her browser says. */
export function makePairTaking(open: OpenLink, sizeBytes: number | null): Pair {
  const pair = makePair(open)
  pair.alice.onSignal = (signal) => pair.bob.link.signal(takingAtOnce(signal, sizeBytes))
  return pair
}
