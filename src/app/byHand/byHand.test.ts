import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { base64UrlFromBytes, bytesEqual, bytesFromBase64Url } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { randomBytes } from '../../shared/random.ts'
import { DiskFile, SessionWorld } from '../testing/sessionWorld.ts'
import type { Member, MemberOptions } from '../testing/testMember.ts'
import type { HandTrouble, HandView } from '../view.ts'
import type { OtherTabs } from './otherTabs.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(7)
})
afterEach(() => world.close())

const join = (name: string, options: MemberOptions = {}): Promise<Member> =>
  world.join(name, { isAlone: true, ...options })

/** What the member's page shows for others to scan. */
async function textOf(member: Member, kind: HandView['kind']): Promise<string> {
  const isThere = (): boolean => member.view.byHand?.kind === kind && member.view.byHand.state === 'waiting'
  await world.until(isThere, `${member.name} shows an ${kind}`)
  return member.view.byHand?.text ?? ''
}

function invitationOf(member: Member): Promise<string> {
  member.session.byHand.openByHand()
  return textOf(member, 'invitation')
}

function answerOf(member: Member, invitation: string): Promise<string> {
  member.session.byHand.takeByHand(invitation)
  return textOf(member, 'answer')
}

async function invite(host: Member, guest: Member): Promise<void> {
  host.session.byHand.takeByHand(await answerOf(guest, await invitationOf(host)))
  await world.until(() => host.view.byHand?.state === 'connected', `${guest.name} is brought in`)
}

async function troubleOf(member: Member, text: string): Promise<HandTrouble | null> {
  member.session.byHand.takeByHand(text)
  await world.until(() => (member.view.byHand?.trouble ?? null) !== null, 'something is wrong')
  return member.view.byHand?.trouble ?? null
}

describe('[R37] by hand', () => {
  it('an invitation and its answer link two whom no broker brings together, however long people take', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    await world.pass(60_000)
    expect(alice.linkedNames()).toEqual([])
    const invitation = await invitationOf(alice)
    await world.pass(3_600_000)
    const answer = await answerOf(bob, invitation)
    await world.pass(limits.handWaitMs - 60_000)
    alice.session.byHand.takeByHand(answer)
    await world.linked(alice, bob)
    for (const { view } of [alice, bob])
      expect(view.byHand).toMatchObject({ state: 'connected', trouble: null })
    const bytes = randomBytes(world.random, 300_000)
    alice.offer(new DiskFile('a.bin', bytes))
    await bob.takeWhole('a.bin')
    expect(bytesEqual((await bob.saves('a.bin')).bytes, bytes)).toBe(true)
  })

  it('members introduce those who were brought in by one of them', async () => {
    const [alice, bob, carol] = [await join('alice', { fresh: true }), await join('bob'), await join('carol')]
    await invite(alice, bob)
    await invite(bob, carol)
    await world.linked(alice, bob, carol)
  })

  it('an invitation names the room, an answer neither that nor anything else in clear', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    const invitation = await invitationOf(alice)
    expect(invitation.startsWith(`${alice.view.roomLink}.`)).toBe(true)
    const answer = await answerOf(bob, invitation)
    expect(answer).toMatch(/^https:\/\/swarmdrop\.example\/#answer\.[\w-]+$/)
    const bytes = bytesFromBase64Url(answer.split('answer.')[1] ?? '') ?? new Uint8Array()
    expect(base64UrlFromBytes(bytes)).not.toContain(alice.view.roomLink.split('#')[1])
  })

  it('is found in a text with words around it, and broken into lines', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    const invitation = await invitationOf(alice)
    const answer = await answerOf(bob, `Come in:\n${invitation} \nSee you`)
    alice.session.byHand.takeByHand(answer.replaceAll(/.{60}/g, '$&\r\n'))
    await world.linked(alice, bob)
  })

  it('says what is wrong with what it was given', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    const invitation = await invitationOf(alice)
    expect(await troubleOf(alice, 'https://example.org/')).toEqual({ code: 'notOurs' })
    expect(await troubleOf(alice, 'x'.repeat(limits.handTextMax + 1))).toEqual({ code: 'notOurs' })
    expect(await troubleOf(alice, invitation)).toEqual({ code: 'ownInvitation' })
    expect(await troubleOf(alice, alice.view.roomLink)).toEqual({ code: 'sameRoom' })
    for (const cut of [invitation.slice(0, -1), `${invitation}A`, `${alice.view.roomLink}.`])
      expect(await troubleOf(bob, cut)).toEqual({ code: 'damaged' })
    const answer = await answerOf(bob, invitation)
    expect(await troubleOf(bob, answer)).toEqual({ code: 'ownAnswer' })
    expect(await troubleOf(alice, `${answer.slice(0, -4)}AAAA`)).toEqual({ code: 'otherInvitation' })
    expect(await textOf(alice, 'invitation')).toBe(invitation)
  })

  it('an answer to an invitation that was replaced is told to be that, and the new one stands', async () => {
    const [alice, bob, carol] = [await join('alice', { fresh: true }), await join('bob'), await join('carol')]
    const first = await invitationOf(alice)
    const late = await answerOf(carol, first)
    alice.session.byHand.takeByHand(await answerOf(bob, first))
    await world.linked(alice, bob)
    await invitationOf(alice)
    expect(await troubleOf(alice, late)).toEqual({ code: 'otherInvitation' })
  })

  it('an invitation to another room leads there, on this page', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    const other = 'AAAAAAAAAAAAAAAAAAAAAA'
    const packed = (await invitationOf(alice)).split('.').at(-1)
    const link = `https://swarmdrop.example/#${other}.${packed}`
    expect(await troubleOf(bob, `http://10.0.0.9:4173/#${other}.${packed}`)).toEqual({
      code: 'otherRoom',
      link,
      host: null,
    })
  })

  it('a link to a room leads to the page it was made on, and says which', async () => {
    const bob = await join('bob')
    for (const [link, host] of [
      ['http://10.0.0.9:4173/#AAAAAAAAAAAAAAAAAAAAAA', '10.0.0.9:4173'],
      ['https://swarmdrop.example/#AAAAAAAAAAAAAAAAAAAAAA', null],
    ])
      expect(await troubleOf(bob, link ?? '')).toEqual({ code: 'otherRoom', link, host })
    expect(await troubleOf(bob, 'javascript:alert(1)//#AAAAAAAAAAAAAAAAAAAAAA')).toMatchObject({
      link: 'https://swarmdrop.example/#AAAAAAAAAAAAAAAAAAAAAA',
    })
  })

  it('who is linked already is told so, and stays linked', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    await invite(alice, bob)
    expect(await troubleOf(bob, await invitationOf(alice))).toEqual({ code: 'connectedAlready' })
    await world.linked(alice, bob)
  })

  it('where there is no way between the two, both are told', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    world.keepApart('alice', 'bob')
    alice.session.byHand.takeByHand(await answerOf(bob, await invitationOf(alice)))
    await world.until(() => alice.view.byHand?.state === 'failed', 'alice has waited')
    expect(alice.view.byHand?.trouble).toEqual({ code: 'noWay' })
    await world.pass(limits.handWaitMs)
    expect(bob.view.byHand).toMatchObject({ state: 'failed', trouble: { code: 'nobodyCame' } })
    for (const { view, said } of [alice, bob]) {
      expect(view.members).toEqual([])
      expect(said.map(({ code }) => code)).not.toContain('noWayThrough')
    }
  })

  it('goes on while nobody looks, and shows what came of it', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    const invitation = await invitationOf(alice)
    alice.session.byHand.closeByHand()
    await world.until(() => alice.view.byHand === null, 'it is hidden')
    const answer = await answerOf(bob, invitation)
    expect(await invitationOf(alice)).toBe(invitation)
    alice.session.byHand.takeByHand(answer)
    await world.linked(alice, bob)
    expect(await invitationOf(alice)).not.toBe(invitation)
  })

  it('an answer that a phone’s camera opened in another tab is taken by the one that invited', async () => {
    const tabs = twoTabs()
    const [alice, other] = [
      await join('alice', { fresh: true, tabs: tabs[0] }),
      await join('other', { fresh: true, tabs: tabs[1] }),
    ]
    const bob = await join('bob')
    const answer = await answerOf(bob, await invitationOf(alice))
    expect(await troubleOf(other, answer.split('#')[1] ?? '')).toEqual({ code: 'takenElsewhere' })
    await world.linked(alice, bob)
    expect(await troubleOf(other, answer)).toEqual({ code: 'otherInvitation' })
  })

  it('those brought in by hand are told of shares as all others are', async () => {
    const [alice, bob] = [await join('alice', { fresh: true }), await join('bob')]
    alice.offer(new DiskFile('before.bin', randomBytes(world.random, 1000)))
    await alice.has('before.bin', 'complete')
    await invite(alice, bob)
    await world.until(() => bob.view.shares.some(({ name }) => name === 'before.bin'), 'bob sees it')
    expect(bob.shareNamed('before.bin')?.share).toBe(alice.shareNamed('before.bin')?.share)
  })
})

/** Two tabs of one browser. */
function twoTabs(): readonly [OtherTabs, OtherTabs] {
  const takes: ((fragment: string) => Promise<boolean>)[] = []
  const tab = (own: number): OtherTabs => ({
    onOffer: (take) => void (takes[own] = take),
    offer: (fragment) => takes[1 - own]?.(fragment) ?? Promise.resolve(false),
    close: () => undefined,
  })
  return [tab(0), tab(1)]
}
