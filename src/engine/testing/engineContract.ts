import { sha256AtOnce } from '../../crypto/nobleHashes.ts'
import { openShareCrypto } from '../../crypto/openShareCrypto.ts'
import type { BulkChannel } from '../../link/bulkChannel.ts'
import { base64UrlFromBytes, bytesEqual, type Bytes } from '../../shared/bytes.ts'
import type { PeerId, ShareId } from '../../shared/ids.ts'
import { randomBytes, randomPeerId, randomShareId, seededRandom } from '../../shared/random.ts'
import { assert } from '../../shared/result.ts'
import { certified } from '../../swarm/manifest.ts'
import { fileManifest } from '../../swarm/testing/swarmWorld.ts'
import type { Engine, EngineEvent, OpenedEngine } from '../engine.ts'

/** What the contract needs of the place it runs in. */
export interface EnginePlace {
  openEngine(): Promise<OpenedEngine>
  /**
   * Makes two bulk channels that lead to each other, and hands each over in the task that makes it; they open soon. Answers what
   * breaks the connection without a word.
   */
  connect(handOver: (side: 'a' | 'b', channel: BulkChannel) => void): Promise<() => void>
}

const random = seededRandom(11)
const messageMaxBytes = 256 * 1024
const patienceMs = 10_000

/** One engine, and what it told. */
class End {
  readonly peer: PeerId = randomPeerId(random)
  readonly events: EngineEvent[] = []
  readonly engine: Engine
  #changed: () => void = () => undefined

  constructor(opened: OpenedEngine) {
    this.engine = opened.start((event) => {
      this.events.push(event)
      this.#changed()
    })
  }

  /** The first event for which `find` has an answer. */
  async until<Found>(what: string, find: (event: EngineEvent) => Found | null): Promise<Found> {
    const tooLate = Date.now() + patienceMs
    while (Date.now() < tooLate) {
      for (const event of this.events) {
        const found = find(event)
        if (found !== null) return found
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    throw new Error(`${what}: never; told ${this.events.map(({ type }) => type).join(', ')}`)
  }

  told(type: EngineEvent['type']): Promise<EngineEvent> {
    return this.until(type, (event) => (event.type === type ? event : null))
  }

  reported(type: string): Promise<ShareId> {
    return this.until(type, (event) =>
      event.type === 'reported' && event.report.type === type && 'share' in event.report
        ? event.report.share
        : null,
    )
  }
}

async function open(place: EnginePlace): Promise<End> {
  return new End(await place.openEngine())
}

/** Links them under this number, up to the room's taking each other in. Answers what breaks the link. */
async function link(place: EnginePlace, a: End, b: End, number: number): Promise<() => void> {
  const cut = await place.connect((side, channel) =>
    (side === 'a' ? a : b).engine.addLane(number, 0, channel),
  )
  await Promise.all([listening(a, number), listening(b, number)])
  for (const end of [a, b]) end.engine.otherListens(number, messageMaxBytes)
  return cut
}

const listening = (end: End, number: number): Promise<EngineEvent> =>
  end.until('listening', (event) => (event.type === 'listening' && event.link === number ? event : null))

function sendOnceOpen(channel: BulkChannel, bytes: Bytes): void {
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a bulk channel has one owner, and no listeners
  channel.onopen = () => channel.send(bytes)
}

function admit(a: End, b: End, number: number): void {
  a.engine.linkAdmitted(number, b.peer)
  b.engine.linkAdmitted(number, a.peer)
}

/** Something to offer, with a key and an id as the app makes them. */
async function fileOf(sizeBytes: number) {
  const bytes = randomBytes(random, sizeBytes)
  const { publicKey, kept } = await (await openShareCrypto()).newSigningKey()
  const manifest = certified({ ...fileManifest(sizeBytes), key: base64UrlFromBytes(publicKey) }, sha256AtOnce)
  return { manifest, file: new File([bytes], 'a.bin'), bytes, key: kept }
}

async function close(...ends: readonly End[]): Promise<void> {
  for (const { engine, events } of ends) {
    await engine.close()
    const bug = events.find((event) => event.type === 'bugFound')
    if (bug?.type === 'bugFound') throw bug.error
  }
}

/** What every engine must do, wherever it runs. Needs no test framework: it also runs inside browser pages. */
export const engineContract: readonly { readonly name: string; run(place: EnginePlace): Promise<void> }[] = [
  {
    name: 'takes a file from one disk to another, and tells of it all the way',
    async run(place) {
      const [alice, bob] = [await open(place), await open(place)]
      await link(place, alice, bob, 1)
      admit(alice, bob, 1)
      const { manifest, file, bytes, key } = await fileOf(700_001)
      const hashed = alice.engine.offer(manifest, [file], key, null)
      const share = await bob.reported('shareAppeared')
      assert(share === manifest.share, 'it is the share')
      const known = bob.events.findIndex((event) => event.type === 'sharesChanged')
      const appeared = bob.events.findIndex((event) => event.type === 'reported')
      assert(known !== -1 && known < appeared, 'what is reported is known by then')
      bob.engine.want('downloadAsked', share)
      await hashed
      await bob.reported('shareCompleted')
      const blob = await bob.engine.blob(share, 5, bytes.length)
      assert(blob.ok, 'it can be saved')
      const saved = new Uint8Array(await blob.value.arrayBuffer())
      assert(bytesEqual(saved, bytes.subarray(5)), 'and is the same')
      const heard = await bob.told('peersHeard')
      assert(heard.type === 'peersHeard' && heard.peers.includes(alice.peer), 'who was heard')
      await close(alice, bob)
    },
  },
  {
    name: 'gives on to a third what the origin signed, when that is gone',
    async run(place) {
      const [alice, bob, carol] = [await open(place), await open(place), await open(place)]
      await link(place, alice, bob, 1)
      admit(alice, bob, 1)
      const { manifest, file, bytes, key } = await fileOf(700_001)
      await alice.engine.offer(manifest, [file], key, null)
      bob.engine.want('downloadAsked', await bob.reported('shareAppeared'))
      await bob.reported('shareCompleted')
      for (const { engine } of [alice, bob]) engine.linkClosed(1)
      await link(place, bob, carol, 2)
      admit(bob, carol, 2)
      carol.engine.want('downloadAsked', await carol.reported('shareAppeared'))
      const share = await carol.reported('shareCompleted')
      const blob = await carol.engine.blob(share, 0, bytes.length)
      assert(blob.ok && bytesEqual(new Uint8Array(await blob.value.arrayBuffer()), bytes), 'the same bytes')
      for (const { events } of [bob, carol])
        assert(!events.some(({ type }) => type === 'peerBanned'), 'nobody is taken for a liar')
      await close(alice, bob, carol)
    },
  },
  {
    name: 'lets what comes on a link wait until the room has taken the peer in',
    async run(place) {
      const [alice, bob] = [await open(place), await open(place)]
      const { manifest, file, key } = await fileOf(10)
      await alice.engine.offer(manifest, [file], key, null)
      await link(place, alice, bob, 1)
      alice.engine.linkAdmitted(1, bob.peer)
      // Another link goes all the way meanwhile: what was sent on the first has long come.
      await link(place, alice, bob, 2)
      assert(!bob.events.some((event) => event.type === 'reported'), 'nobody is told of it')
      bob.engine.linkAdmitted(1, alice.peer)
      await bob.reported('shareAppeared')
      await close(alice, bob)
    },
  },
  {
    name: 'forgets what a peer offered when its link is closed, and hears it again on the next',
    async run(place) {
      const [alice, bob] = [await open(place), await open(place)]
      await link(place, alice, bob, 1)
      admit(alice, bob, 1)
      const { manifest, file, key } = await fileOf(10)
      await alice.engine.offer(manifest, [file], key, null)
      await bob.reported('shareAppeared')
      for (const { engine } of [alice, bob]) engine.linkClosed(1)
      await bob.reported('shareGone')
      bob.events.length = 0
      await link(place, alice, bob, 2)
      admit(alice, bob, 2)
      await bob.reported('shareAppeared')
      await close(alice, bob)
    },
  },
  {
    name: 'says which link is gone, or carries what no honest side sends',
    async run(place) {
      const alice = await open(place)
      const cut = await place.connect((side, channel) => {
        if (side === 'a') alice.engine.addLane(7, 0, channel)
        else sendOnceOpen(channel, Uint8Array.of(99))
      })
      const failed = await alice.told('linkFailed')
      assert(failed.type === 'linkFailed' && failed.link === 7, 'the link that failed')
      cut()
      const again = await place.connect((side, channel) => {
        if (side === 'a') alice.engine.addLane(8, 0, channel)
      })
      await listening(alice, 8)
      again()
      await alice.until('the second', (event) =>
        event.type === 'linkFailed' && event.link === 8 ? event : null,
      )
      await close(alice)
    },
  },
  {
    name: 'finishes a download over a further lane when it opens, and without it when that closes',
    async run(place) {
      const [alice, bob] = [await open(place), await open(place)]
      await link(place, alice, bob, 1)
      admit(alice, bob, 1)
      const cut = await place.connect((side, channel) =>
        (side === 'a' ? alice : bob).engine.addLane(1, 1, channel),
      )
      for (const { engine } of [alice, bob]) engine.laneProven(1, 1)
      const { manifest, file, bytes, key } = await fileOf(3_000_000)
      await alice.engine.offer(manifest, [file], key, null)
      bob.engine.want('downloadAsked', await bob.reported('shareAppeared'))
      await bob.until('some of it', (event) =>
        event.type === 'sharesChanged' && event.changed.some(({ heldCount }) => heldCount > 0) ? event : null,
      )
      cut()
      for (const { engine } of [alice, bob]) engine.removeLane(1, 1)
      const share = await bob.reported('shareCompleted')
      const blob = await bob.engine.blob(share, 0, bytes.length)
      assert(blob.ok && bytesEqual(new Uint8Array(await blob.value.arrayBuffer()), bytes), 'the same bytes')
      await close(alice, bob)
    },
  },
  {
    name: 'answers in words where there is nothing',
    async run(place) {
      const alice = await open(place)
      const blob = await alice.engine.blob(randomShareId(random), 0, 1)
      assert(!blob.ok && blob.fault.code === 'gone', 'no such share')
      alice.engine.want('pauseAsked', randomShareId(random))
      alice.engine.linkClosed(5)
      alice.engine.removeLane(5, 1)
      await close(alice)
    },
  },
]
