import { describe, expect, it } from 'vitest'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import { idBytes, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomReport } from './io.ts'
import { createRoomWorld, manifestOf, type Tab } from './testing/roomWorld.ts'
import { fakeCard } from './testing/fakeSigning.ts'
import { crowd, gather, give, isNobodyMissed, largestGroup, listFaults, told } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second
const seeds = [1, 2]

const shareNumber = (at: number): ShareId =>
  base64UrlFromBytes(new Uint8Array(idBytes).fill(at + 1)) as ShareId

const linkCounts = (tabs: readonly Tab[]): number[] => tabs.map((tab) => tab.linkedWith().length)

describe('a large room', () => {
  it.each(seeds)('[R31] holds together by some links each, and everyone lists everyone (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = gather(world, 20)
    world.run(10 * second)
    expect(listFaults(tabs)).toEqual([])
    expect(largestGroup(tabs)).toBe(tabs.length)
    expect(Math.min(...linkCounts(tabs))).toBeGreaterThanOrEqual(limits.linksMin - 1)
    expect(Math.max(...linkCounts(tabs))).toBeLessThanOrEqual(limits.linksEverMax)
    expect(tabs.every(isNobodyMissed)).toBe(true)
  })

  it('[R31] to which a crowd comes costs who was there first no more than 30 kB of words for each newcomer', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 25, 25 * second)
    world.run(5 * second)
    const [first] = tabs
    if (first === undefined) throw new Error('twenty-five tabs')
    const before = world.links.saidBytesOf(first)
    const late = Array.from({ length: 25 }, (_, at) => {
      world.run(second)
      return world.enter(`late${at}`)
    })
    world.run(5 * second)
    expect(listFaults([...tabs, ...late])).toEqual([])
    expect((world.links.saidBytesOf(first) - before) / late.length).toBeLessThan(30_000)
  })

  it('[R31] of thirteen has everyone linked with nearly everyone, and with everyone once one has left', () => {
    const world = createRoomWorld(1)
    const tabs = crowd(world, limits.membersMax + 1)
    world.run(20 * second)
    expect(listFaults(tabs)).toEqual([])
    const [first, ...others] = tabs
    if (first === undefined) throw new Error('thirteen tabs')
    world.leave(first)
    world.run(minute)
    expect(linkCounts(others)).toEqual(others.map(() => others.length - 1))
    expect(listFaults(others)).toEqual([])
  })

  it.each([1])('[R31] half of it gone at once, nobody left is cut off (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = gather(world, 26)
    world.run(5 * second)
    const stay = tabs.filter((_, at) => at % 2 === 0)
    for (const tab of tabs) if (!stay.includes(tab)) world.crash(tab)
    world.run(minute)
    expect(largestGroup(stay)).toBe(stay.length)
    world.run(minute)
    expect(Math.min(...linkCounts(stay))).toBeGreaterThanOrEqual(limits.linksMin - 1)
    expect(listFaults(stay)).toEqual([])
  })

  it.each(seeds)('[R31] that was in two parts for half a minute is one again (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = gather(world, 20)
    world.run(5 * second)
    world.links.part(new Set(tabs.slice(0, 10).map(({ peer }) => peer)))
    world.run(30 * second)
    expect(largestGroup(tabs)).toBe(10)
    world.links.unite()
    world.run(minute)
    expect(largestGroup(tabs)).toBe(tabs.length)
    expect(listFaults(tabs)).toEqual([])
  })

  it('[R32] who is gone without a word is off every list soon, and nobody else', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    world.run(5 * second)
    const [gone, ...others] = tabs.toReversed()
    if (gone === undefined) throw new Error('twenty tabs')
    world.crash(gone)
    world.run(limits.silenceMaxMs + limits.doubtedMs + 2 * limits.censusLookMs)
    expect(listFaults(others)).toEqual([])
  })

  it('[R31] tells of who comes and who goes, not of links that come and go', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    world.run(20 * second)
    const count = (type: RoomReport['type']): number =>
      tabs.flatMap(({ reports }) => reports.filter((report) => report.type === type)).length
    const [joined, linked] = [count('memberJoined'), count('memberLinked')]
    const [gone, stay] = [tabs.slice(0, 6), tabs.slice(6)]
    const [first] = gone
    if (first === undefined) throw new Error('six are gone')
    const greeted = stay.filter((tab) => told(tab, first.peer).includes('memberJoined'))
    for (const tab of gone) world.crash(tab)
    world.run(limits.silenceMaxMs + limits.lostForgetMs + 5 * second)
    for (const tab of greeted) expect(told(tab, first.peer)).toEqual(['memberJoined', 'memberLeft'])
    expect(count('memberLinked')).toBeGreaterThan(linked)
    expect(count('memberJoined')).toBe(joined)
  })

  it('[R32] in which nothing happens stays as it is', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 16)
    world.run(10 * minute)
    expect(listFaults(tabs)).toEqual([])
    expect(largestGroup(tabs)).toBe(tabs.length)
    expect(tabs.every(isNobodyMissed)).toBe(true)
  })

  it.each([
    ['as fast as it can, and is thrown out', 50, 1],
    ['as often as it may', 1, 2],
  ])('[R33] a member that doubts everybody %s makes nobody leave a list', (_, headsEach, everySeconds) => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    const mallory = world.enter('mallory')
    world.run(10 * second)
    const { send, sequenceOf } = world.hostile(mallory)
    for (let at = 0; at < 40; at++) {
      const newest = tabs.map(({ peer }) => [peer, sequenceOf(peer)] as const)
      const heads = newest.flatMap((head) => Array.from({ length: headsEach }, () => head))
      for (const to of mallory.linkedWith()) send(to, { type: 'doubt', heads })
      world.run(everySeconds * second)
      const faults = listFaults(tabs).filter((fault) => !fault.endsWith(mallory.peer))
      expect(faults).toEqual([])
    }
    const isOut = tabs.every((tab) => !tab.linkedWith().includes(mallory.peer))
    expect(isOut).toBe(headsEach > 1)
  })

  it('[R34] that anybody gives a share is known to everyone, and that nobody does any more', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    world.run(10 * second)
    const shares = tabs.map((_, at) => shareNumber(at))
    for (const [at, tab] of tabs.entries()) give(tab, shareNumber(at))
    world.run(10 * second)
    for (const [at, tab] of tabs.entries()) expect(tab.shares).toEqual(new Set(shares.toSpliced(at, 1)))
    const late = world.enter('late')
    world.run(15 * second)
    expect(late.shares).toEqual(new Set(shares))
    expect([...late.room.giversOf(shareNumber(7))]).toEqual([tabs[7]?.peer])

    tabs[7]?.feed({ type: 'sharesChanged', given: [], sought: [], gone: [], fresh: [] })
    const [gone, ...others] = tabs
    if (gone === undefined) throw new Error('twenty tabs')
    world.crash(gone)
    world.run(minute)
    for (const tab of others) {
      const there = shares.filter((_, at) => at !== 7 && at !== 0 && tabs[at] !== tab)
      expect(tab.shares).toEqual(new Set(there))
    }
  })

  it('[R34] a manifest that nobody asked for makes no share known, and what is none counts against who tells it', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 16)
    const mallory = world.enter('mallory')
    world.run(10 * second)
    const near = mallory.linkedWith()
    const { send } = world.hostile(mallory)
    for (let at = 0; at < limits.strikesMax; at++)
      for (const to of near) send(to, { type: 'manifests', manifests: [manifestOf(shareNumber(at))] })
    world.run(second)
    expect(tabs.every(({ shares }) => shares.size === 0)).toBe(true)
    expect(tabs.every(isNobodyMissed)).toBe(true)

    // There is a share of which nobody knows what it is, so what comes is looked at.
    mallory.feed({ type: 'sharesChanged', given: [shareNumber(1)], sought: [], gone: [], fresh: [] })
    world.run(5 * second)
    for (let at = 0; at < limits.strikesMax; at++)
      for (const to of near) send(to, { type: 'manifests', manifests: ['nonsense'] })
    world.run(second)
    for (const { peer, linkedWith } of tabs)
      if (near.includes(peer)) expect(linkedWith()).not.toContain(mallory.peer)
  })

  it('[R35] who wants what no neighbour gives is linked with somebody who gives it', () => {
    const world = createRoomWorld(2)
    const tabs = gather(world, 30)
    world.run(10 * second)
    const share = shareNumber(1)
    const [giver] = tabs
    if (giver === undefined) throw new Error('thirty tabs')
    give(giver, share)
    world.run(5 * second)
    const taker = tabs.find((tab) => tab !== giver && !tab.linkedWith().includes(giver.peer))
    if (taker === undefined) throw new Error('not everyone is linked with everyone')
    taker.feed({ type: 'sharesChanged', given: [], sought: [share], gone: [], fresh: [] })
    world.run(limits.seekAfterMs * 2)
    expect(taker.linkedWith()).toContain(giver.peer)
    world.run(limits.linkKeptMs / 2)
    expect(taker.linkedWith()).toContain(giver.peer)
    expect(Math.max(...linkCounts(tabs))).toBeLessThanOrEqual(limits.linksEverMax)
  })

  it('[R32] a card of one who has left brings it back to nobody', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    const mallory = world.enter('mallory')
    world.run(10 * second)
    const [gone, ...others] = tabs.toReversed()
    if (gone === undefined) throw new Error('twenty tabs')
    world.leave(gone)
    world.run(30 * second)
    for (const to of mallory.linkedWith())
      world.hostile(mallory).send(to, { type: 'cards', cards: [fakeCard(gone.peer, [], 1)] })
    world.run(10 * second)
    expect(listFaults([...others, mallory])).toEqual([])
  })
})
