import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bytes } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { isMailbox, type Mailbox } from '../../shared/mailboxes.ts'
import { assert } from '../../shared/result.ts'
import type {
  BrokerTrouble,
  OpenSignaling,
  Signaling,
  SignalingListener,
  SignalingState,
} from '../signaling.ts'

/** A broker that tests can take away and give back. */
export interface BrokerUnderTest {
  readonly openSignaling: OpenSignaling
  switchOff(): Promise<void>
  switchOn(): Promise<void>
}

export type SignalingEvent =
  | { readonly type: 'state'; readonly state: SignalingState; readonly trouble?: BrokerTrouble }
  | { readonly type: 'signal'; readonly sealed: Bytes; readonly at: Mailbox }
  | { readonly type: 'held' | 'taken' | 'lost'; readonly mailbox: Mailbox }

/** A client whose test waits for what it is told, never for time. */
export class Client implements SignalingListener {
  readonly signaling: Signaling
  readonly events: SignalingEvent[] = []
  #read = 0
  #wake: (() => void) | null = null

  constructor(open: OpenSignaling) {
    this.signaling = open(this)
  }

  /** The next event not yet read. */
  async next(): Promise<SignalingEvent> {
    if (this.#read === this.events.length) await new Promise<void>((resolve) => (this.#wake = resolve))
    const event = this.events[this.#read++]
    assert(event, 'woken by an event')
    return event
  }

  async nextState(state: SignalingState): Promise<void> {
    let event = await this.next()
    while (event.type !== 'state' || event.state !== state) event = await this.next()
  }

  stateChanged(state: SignalingState, trouble?: BrokerTrouble): void {
    this.#tell({ type: 'state', state, ...(trouble && { trouble }) })
  }
  sealedSignalArrived(sealed: Bytes, at: Mailbox): void {
    this.#tell({ type: 'signal', sealed, at })
  }
  mailboxHeld(mailbox: Mailbox): void {
    this.#tell({ type: 'held', mailbox })
  }
  mailboxTaken(mailbox: Mailbox): void {
    this.#tell({ type: 'taken', mailbox })
  }
  mailboxLost(mailbox: Mailbox): void {
    this.#tell({ type: 'lost', mailbox })
  }

  #tell(event: SignalingEvent): void {
    this.events.push(event)
    this.#wake?.()
    this.#wake = null
  }
}

/** What every kind of signaling must do; only who may hold a claimed mailbox differs between brokers. */
export function signalingContract(
  startBroker: () => Promise<BrokerUnderTest>,
  { sharesClaims }: Pick<Signaling, 'sharesClaims'>,
): void {
  let broker: BrokerUnderTest
  let clients: Client[] = []

  beforeEach(async () => {
    broker = await startBroker()
  })
  afterEach(async () => {
    for (const client of clients) client.signaling.close()
    clients = []
    await broker.switchOff()
  })

  const open = (): Client => {
    const client = new Client(broker.openSignaling)
    clients.push(client)
    return client
  }
  const openOnline = async (): Promise<Client> => {
    const client = open()
    await client.nextState('online')
    return client
  }

  test('comes online with a random mailbox of its own', async () => {
    const [alice, bob] = await Promise.all([openOnline(), openOnline()])
    expect(isMailbox(alice.signaling.mailbox)).toBe(true)
    expect(alice.signaling.mailbox).not.toBe(bob.signaling.mailbox)
    expect(alice.signaling.sharesClaims).toBe(sharesClaims)
    expect(alice.events).toEqual([{ type: 'state', state: 'online' }])
  })

  test('tells nothing before the opening call has returned', async () => {
    const alice = open()
    expect(alice.events).toEqual([])
    await alice.nextState('online')
  })

  test('carries signals of every size, whole and in order', async () => {
    const [alice, bob] = await Promise.all([openOnline(), openOnline()])
    const sizes = [0, 1, 2, 3, 1000, limits.signalSizeMaxBytes]
    for (const size of sizes) alice.signaling.post(bob.signaling.mailbox, patterned(size))
    for (const size of sizes) {
      expect(await bob.next()).toEqual({ type: 'signal', sealed: patterned(size), at: bob.signaling.mailbox })
    }
  })

  test('carries what is posted to its own mailbox', async () => {
    const alice = await openOnline()
    alice.signaling.post(alice.signaling.mailbox, patterned(5))
    expect(await alice.next()).toEqual({ type: 'signal', sealed: patterned(5), at: alice.signaling.mailbox })
  })

  test('drops an oversized signal, an absent mailbox and a malformed one without a word', async () => {
    const [alice, bob] = await Promise.all([openOnline(), openOnline()])
    alice.signaling.post(bob.signaling.mailbox, patterned(limits.signalSizeMaxBytes + 1))
    for (const absent of ['nobody', '', '-', '../..', 'x'.repeat(1000)]) {
      alice.signaling.post(absent, patterned(5))
    }
    alice.signaling.post(bob.signaling.mailbox, patterned(6))
    expect(await bob.next()).toMatchObject({ type: 'signal', sealed: patterned(6) })
    expect(alice.events).toEqual([{ type: 'state', state: 'online' }])
  })

  test('leaves a broker that carries nothing, says so, and comes back with the same mailbox when it is told to try', async () => {
    const alice = await openOnline()
    alice.signaling.claim('room-0')
    await alice.next()
    const { mailbox } = alice.signaling
    alice.signaling.leave()
    expect(await alice.next()).toEqual({ type: 'state', state: 'offline', trouble: 'silent' })
    expect(await alice.next()).toEqual({ type: 'lost', mailbox: 'room-0' })
    alice.signaling.retryNow()
    await alice.nextState('online')
    expect(alice.signaling.mailbox).toBe(mailbox)
  })

  test('gives a claimed mailbox to who asks, and signals with it, until it is released', async () => {
    const [alice, bob] = await Promise.all([openOnline(), openOnline()])
    alice.signaling.claim('room-0')
    expect(await alice.next()).toEqual({ type: 'held', mailbox: 'room-0' })
    bob.signaling.post('room-0', patterned(9))
    expect(await alice.next()).toEqual({ type: 'signal', sealed: patterned(9), at: 'room-0' })
    alice.signaling.release('room-0')
    await claimUntilHeld(bob, 'room-0')
    alice.signaling.post('room-0', patterned(8))
    alice.signaling.post(alice.signaling.mailbox, patterned(7))
    expect(await bob.next()).toEqual({ type: 'signal', sealed: patterned(8), at: 'room-0' })
    expect(await alice.next()).toMatchObject({ sealed: patterned(7) })
  })

  if (sharesClaims) {
    test('gives a claimed mailbox to everyone who asks, and all of them what is left there', async () => {
      const [alice, bob] = await Promise.all([openOnline(), openOnline()])
      for (const client of [alice, bob]) client.signaling.claim('room-0')
      for (const client of [alice, bob])
        expect(await client.next()).toEqual({ type: 'held', mailbox: 'room-0' })
      bob.signaling.post('room-0', patterned(9))
      for (const client of [alice, bob])
        expect(await client.next()).toEqual({ type: 'signal', sealed: patterned(9), at: 'room-0' })
    })

    test('leaves a mailbox to the others where one releases it or closes', async () => {
      const [alice, bob, carol] = await Promise.all([openOnline(), openOnline(), openOnline()])
      for (const client of [alice, bob, carol]) await claimUntilHeld(client, 'room-0')
      alice.signaling.release('room-0')
      bob.signaling.close()
      alice.signaling.post('room-0', patterned(4))
      expect(await carol.next()).toMatchObject({ sealed: patterned(4), at: 'room-0' })
    })
  } else {
    test('gives a claimed mailbox to the first who asks alone', async () => {
      const [alice, bob] = await Promise.all([openOnline(), openOnline()])
      alice.signaling.claim('room-0')
      expect(await alice.next()).toEqual({ type: 'held', mailbox: 'room-0' })
      bob.signaling.claim('room-0')
      expect(await bob.next()).toEqual({ type: 'taken', mailbox: 'room-0' })
      bob.signaling.post('room-0', patterned(9))
      expect(await alice.next()).toEqual({ type: 'signal', sealed: patterned(9), at: 'room-0' })
    })

    test('gives a mailbox that two claim at the same moment to one of them', async () => {
      const [alice, bob] = await Promise.all([openOnline(), openOnline()])
      alice.signaling.claim('room-0')
      bob.signaling.claim('room-0')
      const answers = [await alice.next(), await bob.next()]
      expect(answers.map((answer) => answer.type).toSorted()).toEqual(['held', 'taken'])
    })

    test('frees a mailbox whose holder closes', async () => {
      const [alice, bob] = await Promise.all([openOnline(), openOnline()])
      bob.signaling.claim('room-0')
      await bob.next()
      bob.signaling.close()
      await claimUntilHeld(alice, 'room-0')
    })
  }

  test('loses claimed mailboxes with the broker, answers nothing while offline, and comes back by itself', async () => {
    const [alice, bob] = await Promise.all([openOnline(), openOnline()])
    const { mailbox } = bob.signaling
    bob.signaling.claim('room-0')
    await bob.next()

    await broker.switchOff()
    const told = [await bob.next(), await bob.next()]
    expect(told).toContainEqual({ type: 'state', state: 'offline', trouble: 'unreachable' })
    expect(told).toContainEqual({ type: 'lost', mailbox: 'room-0' })
    bob.signaling.claim('room-1')
    bob.signaling.post(alice.signaling.mailbox, patterned(1))

    await broker.switchOn()
    await Promise.all([alice.nextState('online'), bob.nextState('online')])
    expect(bob.signaling.mailbox).toBe(mailbox)
    alice.signaling.post(mailbox, patterned(2))
    expect(await bob.next()).toEqual({ type: 'signal', sealed: patterned(2), at: mailbox })
    await claimUntilHeld(bob, 'room-0')
    expect(alice.events.filter((event) => event.type === 'signal')).toEqual([])
  })

  test('says offline when the broker is down at start, and tries at once when told to', async () => {
    await broker.switchOff()
    const alice = open()
    await alice.nextState('offline')
    await broker.switchOn()
    alice.signaling.retryNow()
    await alice.nextState('online')
    alice.signaling.retryNow()
    alice.signaling.post(alice.signaling.mailbox, patterned(1))
    expect(await alice.next()).toMatchObject({ type: 'signal' })
  })

  test('[R29] asked several times at once whether it is still known there, it stays, and so does what it claimed', async () => {
    const alice = await openOnline()
    alice.signaling.claim('room-0')
    expect(await alice.next()).toMatchObject({ type: 'held' })
    for (let time = 0; time < 3; time++) alice.signaling.retryNow()
    for (const to of [alice.signaling.mailbox, 'room-0']) {
      alice.signaling.post(to, patterned(1))
      expect(await alice.next()).toMatchObject({ type: 'signal', at: to })
    }
  })

  test('tells nothing after it was closed', async () => {
    const [alice, bob] = await Promise.all([openOnline(), openOnline()])
    alice.signaling.claim('room-0')
    alice.signaling.close()
    bob.signaling.post(alice.signaling.mailbox, patterned(1))
    bob.signaling.post(bob.signaling.mailbox, patterned(2))
    await bob.next()
    alice.signaling.claim('room-1')
    alice.signaling.retryNow()
    alice.signaling.post(bob.signaling.mailbox, patterned(3))
    alice.signaling.close()
    bob.signaling.post(bob.signaling.mailbox, patterned(4))
    expect(await bob.next()).toMatchObject({ sealed: patterned(4) })
    expect(alice.events).toEqual([{ type: 'state', state: 'online' }])
  })
}

export const patterned = (lengthBytes: number): Bytes =>
  Uint8Array.from({ length: lengthBytes }, (_, at) => at * 31 + lengthBytes)

/** A broker learns of a release a moment after it: until then the mailbox still counts as taken. */
async function claimUntilHeld(client: Client, mailbox: Mailbox): Promise<void> {
  for (;;) {
    client.signaling.claim(mailbox)
    if ((await client.next()).type === 'held') return
  }
}
