import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newIdentity } from '../crypto/identity.ts'
import { nobleCrypto } from '../crypto/nobleCrypto.ts'
import type { MemberSnapshot } from '../room/io.ts'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import type { DeviceId, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import type { Contact } from '../store/contactBook.ts'
import { memoryContacts } from '../store/contacts.ts'
import { Acquaintances } from './acquaintances.ts'
import { SessionWorld } from './testing/sessionWorld.ts'
import type { Member, TestDevice } from './testing/testMember.ts'
import type { AcquaintanceView, MemberView } from './view.ts'

const apart = limits.meetingGapMs

const seen = (by: Member, name: string): MemberView => {
  const found = by.view.members.find((member) => member.name === name)
  assert(found, `${by.name} sees ${name}`)
  return found
}
const knows = (by: Member, name: string): AcquaintanceView => seen(by, name).acquaintance

describe('in a room', () => {
  let world: SessionWorld
  let home: TestDevice
  let phone: TestDevice
  let alice: Member
  beforeEach(async () => {
    world = new SessionWorld(1)
    ;[home, phone] = [await world.device(), await world.device()]
    alice = await world.join('alice', { fresh: true, on: home })
  })
  afterEach(() => world.close())

  async function meet(name: string, on: TestDevice): Promise<Member> {
    const member = await world.join(name, { on })
    await world.linked(alice, member)
    await world.until(() => knows(alice, name).isRemembered, `${name} is remembered`)
    return member
  }

  async function leave(member: Member): Promise<void> {
    member.session.close()
    await world.until(() => alice.view.members.length === 0, `${member.name} is gone`)
  }

  it('a stranger is nobody met before, and is remembered', async () => {
    const bob = await meet('bob', phone)
    expect(knows(alice, 'bob')).toMatchObject({ met: null, isRemembered: true, isThisDevice: false })
    expect(knows(bob, 'alice').met).toBeNull()
    expect(seen(alice, 'bob').deviceId).toBe(base64UrlFromBytes(phone.key.publicKey))
    expect(alice.view.contactCount).toBe(1)
  })

  it('who comes back on the same device is recognised by both, under another name too', async () => {
    await leave(await meet('bob', phone))
    world.laterMs += apart
    const robert = await meet('robert', phone)
    expect(knows(alice, 'robert').met?.name).toBe('bob')
    expect(knows(robert, 'alice').met?.name).toBe('alice')
    const { met } = knows(alice, 'robert')
    expect(alice.said).toContainEqual({ code: 'memberBack', name: 'robert', met })
    expect(alice.view.contactCount).toBe(1)
  })

  it('so it is by a later page of this device', async () => {
    const bob = await meet('bob', phone)
    alice.session.close()
    await world.until(() => bob.view.members.length === 0, 'alice is gone')
    alice = await world.join('alice again', { on: home })
    await world.linked(alice, bob)
    await world.until(() => knows(alice, 'bob').met?.name === 'bob', 'bob is recognised')
    await world.until(() => knows(bob, 'alice again').met?.name === 'alice', 'so is alice')
  })

  it('who is forgotten is a stranger at once and later, and the rest is not', async () => {
    const carol = await meet('carol', await world.device())
    await leave(carol)
    await leave(await meet('bob', phone))
    await meet('bob', phone)
    alice.session.compared(seen(alice, 'bob').peer, true)
    expect(knows(alice, 'bob')).toMatchObject({ met: { name: 'bob' }, isCompared: true })
    alice.session.forget(seen(alice, 'bob').peer)
    const forgotten = { met: null, isCompared: false, isRemembered: false }
    expect(knows(alice, 'bob')).toMatchObject(forgotten)
    world.laterMs += limits.meetingNoteMs
    await world.pass(limits.pingAfterMs)
    expect(knows(alice, 'bob')).toMatchObject(forgotten)
    expect((await home.contacts.list()).map(({ name }) => name)).toEqual(['carol'])
  })

  it('everyone can be forgotten', async () => {
    await leave(await meet('bob', phone))
    await meet('carol', await world.device())
    alice.session.forgetEveryone()
    expect(alice.view.contactCount).toBe(0)
    expect(await home.contacts.list()).toEqual([])
    expect(knows(alice, 'carol').isRemembered).toBe(false)
  })

  it('that words were compared is kept, and can be taken back', async () => {
    await meet('bob', phone)
    const { peer } = seen(alice, 'bob')
    alice.session.compared(peer, true)
    expect(knows(alice, 'bob').isCompared).toBe(true)
    expect(await home.contacts.list()).toMatchObject([{ name: 'bob', isCompared: true }])
    alice.session.compared(peer, false)
    expect(await home.contacts.list()).toMatchObject([{ name: 'bob', isCompared: false }])
  })

  it('who is banned is not remembered', async () => {
    await leave(await meet('bob', phone))
    await world.join('bob', { on: phone, spoilsBlocks: true }).then(async (bob) => {
      await world.linked(alice, bob)
      bob.offer(new File([new Uint8Array(limits.pieceSizeMinBytes * 4)], 'a.bin'))
    })
    await alice.take('a.bin')
    await world.until(() => alice.said.some(({ code }) => code === 'memberBanned'), 'bob is banned')
    expect(await home.contacts.list()).toEqual([])
  })

  it('another tab of this very browser is told apart, and not remembered', async () => {
    const tab = await world.join('mine', { on: home })
    await world.linked(alice, tab)
    await world.until(() => knows(alice, 'mine').isThisDevice, 'it is known as ours')
    expect(alice.view.contactCount).toBe(0)
  })
})

const member = (name: string, device: string, peer = `${name} on ${device}`): MemberSnapshot => ({
  peer: peer as PeerId,
  device: device as DeviceId,
  profile: { name, device: 'desktop' },
  state: 'direct',
})
const contact = (name: string, device: string, lastMetMs: number, more: Partial<Contact> = {}): Contact => ({
  device: device as DeviceId,
  name,
  namedMs: lastMetMs,
  firstMetMs: 0,
  lastMetMs,
  before: null,
  isCompared: false,
  ...more,
})

/** How each of them is taken for somebody else, by name and device. */
const likenesses = (list: Acquaintances, ...members: readonly MemberSnapshot[]) => {
  list.noticed(members)
  return members.map(({ peer }) => list.of(peer)?.likeness ?? null)
}

describe('a list of people', () => {
  const crypto = nobleCrypto()
  let now = 0
  const open = (...contacts: readonly Contact[]): Acquaintances =>
    new Acquaintances(
      {
        store: memoryContacts(),
        self: { device: 'mine' as DeviceId, name: 'Teal Otter' },
        wallClock: () => now,
        bugFound: (error) => {
          throw error
        },
      },
      contacts,
    )
  beforeEach(() => {
    now = 100 * apart
  })

  it('says the meeting before this one, however often somebody comes and goes today', () => {
    const list = open(contact('Amber', 'phone', now - apart))
    for (const peer of ['first', 'second']) {
      list.noticed([member('Amber', 'phone', peer)])
      expect(list.of(peer as PeerId)?.met).toEqual({ name: 'Amber', metMs: 99 * apart })
      list.noticed([])
      now += apart / 10
    }
  })

  it('marks who is called as somebody met before, and not the one who was met', () => {
    const list = open(contact('Amber Heron', 'phone', 5))
    const imitated = { kind: 'contact', name: 'Amber Heron', metMs: 5 }
    expect(likenesses(list, member('Аmber Нeron', 'another'))).toEqual([imitated])
    const both = [member('Amber Heron', 'phone'), member('amber heron', 'a third')] as const
    expect(likenesses(list, ...both)).toEqual([null, imitated])
  })

  it('keeps marking who comes back under a name that it took from somebody met before', () => {
    const list = open(contact('Amber Heron', 'phone', 5), contact('Bob', 'another', 1))
    for (const peer of ['first', 'second', 'third']) {
      const imitator = member('Amber Heron', 'another', peer)
      expect(likenesses(list, imitator)).toMatchObject([{ kind: 'contact', metMs: 5 }])
      list.noticed([])
      now += apart
    }
  })

  it('knows somebody met before by the name of then, whatever it says now', () => {
    const list = open(contact('Amber Heron', 'phone', 5))
    expect(likenesses(list, member('Jade Fox', 'phone'), member('Amber Heron', 'another'))).toEqual([
      null,
      { kind: 'contact', name: 'Amber Heron', metMs: 5 },
    ])
  })

  it('marks both of two strangers, until the words of one were compared', () => {
    const list = open()
    const [one, other] = [member('Amber Heron', 'phone'), member('Amber Her0n', 'another')]
    expect(likenesses(list, one, other)).toEqual([
      { kind: 'member', name: 'Amber Her0n' },
      { kind: 'member', name: 'Amber Heron' },
    ])
    list.compared(one.peer, true)
    expect(likenesses(list, one, other)).toEqual([null, { kind: 'contact', name: 'Amber Heron', metMs: now }])
  })

  it('marks who is called as we are, but none of our own tabs', () => {
    const list = open()
    const [other, tab] = [member('teal 0tter', 'phone'), member('Teal Otter', 'mine')]
    expect(likenesses(list, other, tab)).toEqual([{ kind: 'you' }, null])
  })

  it('takes two tabs of one device, and names that show nothing, for no likeness', () => {
    const list = open(contact('', 'old', 5))
    const tabs = [member('Amber', 'phone', 'a'), member('Amber', 'phone', 'b'), member('', 'another')]
    expect(likenesses(list, ...tabs)).toEqual([null, null, null])
  })

  it('does not take one device for another, though one tab shows both', () => {
    const list = open(contact('Amber', 'phone', 5))
    list.noticed([member('Amber', 'phone', 'tab')])
    list.noticed([member('Amber', 'another', 'tab')])
    expect(list.of('tab' as PeerId)?.met).toBeNull()
  })

  it('is not written for every word of somebody who is here', async () => {
    const device = await newIdentity(crypto, await crypto.newSigningKey())
    let writes = 0
    const store = memoryContacts()
    const list = new Acquaintances(
      {
        store: { ...store, change: async (...of) => (writes++, store.change(...of)) },
        self: { device: device.device, name: 'me' },
        wallClock: () => now,
        bugFound: () => undefined,
      },
      [],
    )
    for (let turn = 0; turn < 1000; turn++) list.noticed([member(`name ${turn}`, 'phone', 'tab')])
    expect(writes).toBe(1)
    now += limits.meetingNoteMs
    list.noticed([member('latest', 'phone', 'tab')])
    expect(writes).toBe(2)
    expect(await store.list()).toMatchObject([{ name: 'latest' }])
  })
})
