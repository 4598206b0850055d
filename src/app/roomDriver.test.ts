import { describe, expect, it } from 'vitest'
import type { RoomKeys } from '../crypto/crypto.ts'
import { newIdentity } from '../crypto/identity.ts'
import { nobleCrypto } from '../crypto/nobleCrypto.ts'
import type { LinkListener } from '../link/link.ts'
import type { LetterDraft, Signal } from '../room/io.ts'
import type { Bytes } from '../shared/bytes.ts'
import type { LinkSession } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { seededRandom } from '../shared/random.ts'
import { assert } from '../shared/result.ts'
import type { Signaling, SignalingListener } from '../signaling/signaling.ts'
import type { BulkHost } from './roomLinks.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { LetterOffice } from './letterOffice.ts'
import { RoomDriver, type RoomDriverOptions } from './roomDriver.ts'

const random = seededRandom(1)
const crypto = nobleCrypto()
const identity = await newIdentity(crypto, await crypto.newSigningKey())
const aliceIdentity = await newIdentity(crypto, await crypto.newSigningKey())
const alice = aliceIdentity.peer
const noKeys: RoomKeys = {
  tag: 'tag',
  storage: 'storage',
  door: (epoch, door) => `door-${epoch}-${door}`,
  seal: async (plain) => plain,
  open: async (sealed) => sealed,
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
/** Keys take a few turns of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !condition(); turn++) await settled()
  assert(condition(), 'it never comes')
}
const bug = (): never => {
  throw new Error('a bug')
}

const anyWay = () => ({ servers: [], relayOnly: false })

const noBulk: BulkHost = {
  sentElsewhere() {},
  neighboursHeard() {},
  shareHeard() {},
  shareUnheard() {},
  addLane() {},
  laneProven() {},
  removeLane() {},
  otherListens() {},
  linkAdmitted() {},
  linkClosed() {},
}

interface DriverChanges extends Partial<RoomDriverOptions> {
  /** A link was told to restart. */
  readonly restarted?: () => void
}

/** A driver whose brokers and links are told by hand what to tell, and whatever it was told by them. */
function openDriver(
  { restarted = () => {}, ...changes }: DriverChanges = {},
  broker: Partial<Signaling> = {},
) {
  const bugs: unknown[] = []
  const posts: Bytes[] = []
  const lines: string[] = []
  const clock = new MemoryClock()
  const brokers: SignalingListener[] = []
  const links: LinkListener[] = []
  const openBroker = (told: SignalingListener): Signaling => {
    brokers.push(told)
    const mailbox = `own-${brokers.length}`
    return {
      mailbox,
      sharesClaims: false,
      post: (_, sealed) => void posts.push(sealed),
      claim() {},
      release() {},
      leave() {},
      retryNow() {},
      close() {},
      ...broker,
    }
  }
  const driver = new RoomDriver({
    identity,
    profile: { name: 'self', device: 'phone' },
    fresh: true,
    random,
    clock,
    wallMs: () => 0,
    crypto,
    keys: noKeys,
    brokers: [openBroker, openBroker],
    brokerNames: ['a.example', 'b.example'],
    openLink: ({ listener }) => {
      links.push(listener)
      return {
        waitingBytes: 0,
        signal() {},
        send() {},
        tellListening() {},
        restart: restarted,
        openLane() {},
        closeLane() {},
        close() {},
      }
    },
    ice: { settings: anyWay, resumed() {} },
    bulk: noBulk,
    log: (level, what, detail = {}) => lines.push(`${level} ${what} ${JSON.stringify(detail)}`),
    bugFound: (error) => bugs.push(error),
    listener: { reported() {}, changed() {}, blocked() {} },
    ...changes,
  })
  const [first, second] = brokers
  assert(first && second, 'both brokers are open')
  return { driver, bugs, posts, lines, clock, first, second, links }
}

const aliceOffice = new LetterOffice({ identity: aliceIdentity, keys: noKeys, crypto })

/** A letter as alice writes it. */
async function fromAlice(signal: Signal, to: LetterDraft['to'] = identity.peer): Promise<Bytes> {
  const written = await aliceOffice.write({
    stamp: 'stamp',
    to,
    mailboxes: [{ broker: 0, mailbox: 'alice' }],
    signal,
  })
  assert(written, 'she knows to whom')
  return written
}

const helloFromAlice = (): Promise<Bytes> => fromAlice({ type: 'hello', nonce: 'hers' }, null)

/** A driver with a link to alice that is not open yet, and what that link is told to tell. */
async function linkingDriver(changes: DriverChanges = {}, broker: Partial<Signaling> = {}) {
  const opened = openDriver(changes, broker)
  const { first, posts, links } = opened
  first.stateChanged('online')
  first.sealedSignalArrived(await helloFromAlice(), 'own-1')
  await until(() => posts.length === 1)
  const [sealed] = posts
  const letter = sealed && (await aliceOffice.read(sealed))
  assert(letter?.signal.type === 'welcome', 'a hello is answered with a welcome')
  const session = 'AQEBAQEBAQE' as LinkSession
  const echo = letter.signal.nonce
  first.sealedSignalArrived(await fromAlice({ type: 'offer', session, data: '{}', echo }), 'own-1')
  await until(() => links.length === 1)
  const [link] = links
  assert(link, 'an offer is answered with a link')
  return { ...opened, link, session }
}

/** The same, open. */
async function linkedDriver(changes: DriverChanges = {}, broker: Partial<Signaling> = {}) {
  const linking = await linkingDriver(changes, broker)
  linking.link.opened('direct', 65_536)
  return linking
}

/** Peers that the session hears are out of reach. */
const blockedBy = async (happens: (linking: Awaited<ReturnType<typeof linkingDriver>>) => void) => {
  const blocked: unknown[] = []
  const listener = { reported() {}, changed() {}, blocked: (peer: unknown) => blocked.push(peer) }
  happens(await linkingDriver({ listener }))
  return blocked
}

describe('a peer that no way leads to', () => {
  it('is told of once ICE has failed, or taken too long, after it signaled', async () => {
    const fault = { code: 'connectionFailed', detail: 'Ice connection failed.' } as const
    expect(await blockedBy(({ link }) => link.closed(fault))).toEqual([aliceIdentity.peer])
    expect(await blockedBy(({ clock }) => clock.advanceTo(limits.linkOpenTimeoutMs))).toEqual([
      aliceIdentity.peer,
    ])
  })

  it('is none that was linked, that closed by itself, or that we hide from without a relay', async () => {
    const lost = { code: 'connectionFailed', detail: 'Connection failed.' } as const
    expect(
      await blockedBy(({ link }) => {
        link.opened('direct', 65_536)
        link.closed(lost)
      }),
    ).toEqual([])
    expect(await blockedBy(({ link }) => link.closed(null))).toEqual([])
    expect(await blockedBy(({ link }) => link.closed({ code: 'noRelay', detail: '' }))).toEqual([])
  })
})

describe('a bug under the room driver', () => {
  it('in one order loses none of the others of the same input', () => {
    const { clock, bugs, first } = openDriver({}, { claim: bug })
    first.stateChanged('online')
    expect(bugs).toHaveLength(1)
    // What follows the claim is the wish to be woken.
    expect(clock.nextAt()).not.toBeNull()
  })

  it('in sealing, opening or posting is heard of, and no promise floats', async () => {
    const failing = async (): Promise<never> => bug()
    const { bugs, first } = openDriver({ fresh: false, keys: { ...noKeys, seal: failing, open: failing } })
    first.stateChanged('online')
    await until(() => bugs.length > 0)
    const sealed = bugs.length
    first.sealedSignalArrived(await helloFromAlice(), 'own-1')
    await until(() => bugs.length === sealed + 1)

    const posting = openDriver({ fresh: false }, { post: bug })
    posting.first.stateChanged('online')
    await until(() => posting.bugs.length > 0)
  })

  it('in what the session does with a link, a lane or a report does not reach the link, and it goes on', async () => {
    const bulk = { ...noBulk, removeLane: bug, otherListens: bug, linkAdmitted: bug, linkClosed: bug }
    const { bugs, link, driver } = await linkedDriver({
      bulk,
      listener: { reported: bug, changed: bug, blocked: bug },
    })
    for (const tell of [
      () => link.otherListens(),
      () => link.laneClosed(1),
      () => link.messageArrived(new Uint8Array([1])),
      () => link.closed(null),
    ]) {
      const before = bugs.length
      expect(tell).not.toThrow()
      expect(bugs.length).toBeGreaterThan(before)
    }
    expect(driver.members()).toEqual([])
  })

  it('in one broker keeps no other from being tried, and none from being closed', () => {
    const tried: string[] = []
    const broker = {
      retryNow: () => (tried.push('retry'), bug()),
      close: () => (tried.push('close'), bug()),
    }
    const { driver, bugs } = openDriver({}, broker)
    driver.resume()
    driver.leave()
    expect(tried).toEqual(['retry', 'retry', 'close', 'close'])
    expect(bugs).toHaveLength(4)
  })
})

describe('a link', () => {
  it('[R28] that loses its path is restarted at once, and what it says to that end goes to its other side', async () => {
    let restarts = 0
    const { link, lines, posts } = await linkedDriver({ restarted: () => restarts++ })
    link.pathLost()
    expect(restarts).toBe(1)
    const before = posts.length
    link.signaled('restart', '{"type":"restartWanted"}')
    await until(() => posts.length > before)
    const letter = await aliceOffice.read(posts.at(-1) ?? new Uint8Array())
    expect(letter?.signal).toMatchObject({ type: 'restart', data: '{"type":"restartWanted"}' })
    expect(lines.some((line) => line.startsWith('info pathLost'))).toBe(true)
  })

  it('[R17] is asked when the device slept, whatever the page’s own clock says, and brokers are looked after', async () => {
    let wallMs = 0
    let asked = 0
    const { clock, lines } = await linkedDriver({ wallMs: () => wallMs }, { retryNow: () => void asked++ })
    wallMs += 3_600_000
    clock.advanceTo(clock.nextAt() ?? 0)
    expect(lines.some((line) => line.startsWith('info the device slept'))).toBe(true)
    expect(asked).toBe(2)
  })

  it('[R17] is asked when the device slept and the page’s clock went on, and so are brokers and who lends ICE servers', async () => {
    let asked = 0
    let lentAsked = 0
    const clock = new MemoryClock()
    const { lines } = await linkedDriver(
      { clock, wallMs: () => clock.now(), ice: { settings: anyWay, resumed: () => lentAsked++ } },
      { retryNow: () => void asked++ },
    )
    clock.advanceTo((clock.nextAt() ?? 0) + limits.sleptMinMs - 1)
    expect([asked, lentAsked]).toEqual([0, 0])
    clock.advanceTo((clock.nextAt() ?? 0) + limits.sleptMinMs)
    expect(lines.some((line) => line.startsWith('info the device slept'))).toBe(true)
    expect([asked, lentAsked]).toEqual([2, 1])
  })

  it('[L6] ends when its bulk channel fails; its lanes are counted', async () => {
    const told: string[] = []
    const bulk = { ...noBulk, linkClosed: (link: number) => told.push(`closed ${link}`) }
    const { driver, link, lines } = await linkedDriver({ bulk })
    link.lanesChanged(3)
    expect(driver.links.lanes(alice)).toBe(3)
    driver.links.bulkFailed(7, 'of no link')
    expect(driver.members()).toHaveLength(1)
    driver.links.bulkFailed(1, 'a frame of no kind')
    expect(told).toEqual(['closed 1'])
    expect(lines.at(-1)).toContain('a frame of no kind')
    expect(driver.links.lanes(alice)).toBe(0)
  })
})

describe('the log', () => {
  it('tells why links open, fail and close, and of brokers and doors', async () => {
    const { lines, link, first, driver } = await linkedDriver()
    first.mailboxHeld('door-0-0')
    first.mailboxLost('door-0-0')
    driver.ban(alice, 'badPieces')
    first.stateChanged('offline')
    link.closed({ code: 'channelFailed', detail: 'after the end' })
    const heads = lines.map((line) => line.replace(/ \{.*/, ''))
    expect(heads).toEqual([
      'info broker',
      'info link opened',
      'info doorHeld',
      'info doorLost',
      'warning a peer is banned',
      'warning link closed',
      'info broker',
    ])
    expect(lines.find((line) => line.startsWith('warning link closed'))).toContain('"misbehaved"')

    const failing = await linkedDriver()
    failing.link.closed({ code: 'messagesTooSmall', detail: '1024 bytes' })
    expect(failing.lines.at(-1)).toContain('"code":"messagesTooSmall","detail":"1024 bytes"')
  })

  it('[R9] reads no more letters than a room has, however many are left for us', async () => {
    let opened = 0
    const open = async (): Promise<null> => (opened++, null)
    const { first, clock } = openDriver({ keys: { ...noKeys, open } })
    const flood = async () => {
      for (let letter = 0; letter < 5000; letter++) first.sealedSignalArrived(new Uint8Array(3), 'own-1')
      await settled()
    }
    await flood()
    expect(opened).toBe(limits.lettersPerTenSecondsMax)
    clock.advanceTo(clock.now() + 10_000)
    await flood()
    expect(opened).toBe(2 * limits.lettersPerTenSecondsMax)
  })

  it('counts letters that are refused, and is not filled by them', async () => {
    const { lines, first } = openDriver({ keys: { ...noKeys, open: async () => null } })
    for (let letter = 0; letter < 1000; letter++) first.sealedSignalArrived(new Uint8Array(3), 'own-1')
    await until(() => lines.length >= 10)
    const refused = lines.filter((line) => line.startsWith('info a letter is refused'))
    expect(refused).toHaveLength(10)
    expect(refused.at(-1)).toContain('"soFar":512')
  })
})
