import { describe, expect, it } from 'vitest'
import { base64UrlFromBytes } from '../shared/bytes.ts'
import { idBytes, type PeerId, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Card, DoorAt } from './io.ts'
import { fakeCard } from './testing/fakeSigning.ts'
import { manyPeers } from './testing/roomBench.ts'
import { createRoomWorld, manifestOf, type RoomWorld, type Tab } from './testing/roomWorld.ts'
import { doorsHeldBy, gather, listFaults } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second

/** A room with somebody in it who does not keep to the protocol. */
function withMallory(size: number): { world: RoomWorld; tabs: Tab[]; mallory: Tab; told: PeerId[] } {
  const world = createRoomWorld(1)
  const tabs = gather(world, size)
  const mallory = world.enter('mallory')
  world.run(15 * second)
  return { world, tabs, mallory, told: mallory.linkedWith() }
}

/** Which honest members have banned which. */
const bansAmong = (tabs: readonly Tab[]): string[] =>
  tabs.flatMap(({ name, reports }) =>
    reports.flatMap(({ type, peer }) => {
      const other = tabs.find((tab) => tab.peer === peer)
      return type === 'memberBanned' && other ? [`${name} banned ${other.name}`] : []
    }),
  )

const madeUpCard = (at: number, doors: readonly DoorAt[] = []): Card =>
  fakeCard(manyPeers(1, at), [], 1, undefined, doors)

describe('a hostile member of a large room', () => {
  it('[R33] has nobody banned for doubts that honest members tell on, one by one and at the edge of a window', () => {
    const { world, tabs, mallory, told } = withMallory(16)
    const { send } = world.hostile(mallory)
    const count = 440
    for (let at = 0; at < count; at += 20) {
      const cards = Array.from({ length: 20 }, (_, one) => madeUpCard(at + one))
      for (const to of told.slice(0, 3)) send(to, { type: 'cards', cards })
      world.run(300)
    }
    const doubtFrom = (from: number, to: number): void => {
      for (let at = from; at < to; at++)
        for (const peer of told.slice(at % 2, 2 + (at % 2)))
          send(peer, { type: 'doubt', heads: [[madeUpCard(at).peer, 1]] })
    }
    doubtFrom(0, 1)
    world.run(9.7 * second)
    doubtFrom(1, 215)
    world.run(350)
    doubtFrom(215, 430)
    world.run(20 * second)
    expect(bansAmong(tabs)).toEqual([])
  })

  it('[R32] who offers cards without end that it does not have keeps nobody from hearing of a newcomer', () => {
    const { world, tabs, mallory, told } = withMallory(16)
    for (let at = 0; at < 2 * limits.censusMax; at += 1000)
      for (const to of told)
        world.hostile(mallory).send(to, {
          type: 'heads',
          heads: Array.from({ length: 1000 }, (_, one) => [manyPeers(2, at + one), 1]),
        })
    world.run(second)
    const late = world.enter('late')
    world.run(20 * second)
    expect(listFaults([...tabs, mallory, late])).toEqual([])
  })

  it('[R32] who says that it has a newer card of somebody hides nobody', () => {
    const { world, tabs, mallory, told } = withMallory(16)
    const target = tabs.find(({ peer }) => !told.includes(peer))
    if (target === undefined) throw new Error('not everyone is linked with mallory')
    const { send, sequenceOf } = world.hostile(mallory)
    for (let at = 0; at < 60; at++) {
      for (const to of mallory.linkedWith()) {
        send(to, { type: 'heads', heads: [[target.peer, 2 ** 31]] })
        send(to, { type: 'doubt', heads: [[target.peer, sequenceOf(target.peer)]] })
      }
      world.run(second)
    }
    // Of what it said that it has itself it is told nothing.
    expect(listFaults(tabs).filter((fault) => !fault.endsWith(mallory.peer))).toEqual([])
  })

  it('[R25] doors that made-up members say they hold close the room to nobody', () => {
    const { world, tabs, mallory, told } = withMallory(16)
    const doors = Array.from({ length: limits.doors }, (_, door) => ({
      broker: 0,
      door,
      epoch: world.epoch(),
    }))
    const cards = doors.map((at) => madeUpCard(at.door, [at]))
    for (const to of told) world.hostile(mallory).send(to, { type: 'cards', cards })
    world.run(10 * second)
    const gone = new Set([...tabs.filter((tab) => doorsHeldBy(world, [tab]).length > 0), mallory])
    for (const tab of gone) world.leave(tab)
    world.run(minute)
    const late = world.enter('late')
    world.run(10 * second)
    const stay = tabs.filter((tab) => !gone.has(tab))
    expect(stay.some(({ peer }) => late.linkedWith().includes(peer))).toBe(true)
  })

  it('[R34] manifests that come late, over links that broke meanwhile, have nobody banned', () => {
    const world = createRoomWorld(3)
    const tabs = gather(world, 16)
    world.run(10 * second)
    const shares = Array.from(
      { length: 400 },
      (_, at) => base64UrlFromBytes(new Uint8Array(idBytes).fill(at % 256).fill(at >> 8, 0, 4)) as ShareId,
    )
    tabs[5]?.feed({ type: 'sharesChanged', fresh: [], gone: [], given: shares, sought: [] })
    world.run(40 * second)
    for (const tab of tabs.slice(0, 10))
      for (const peer of tab.linkedWith().slice(0, 3)) world.links.sever(tab.peer, peer)
    world.run(3 * second)
    const fresh = shares.map((share) => ({ share, manifest: manifestOf(share) }))
    tabs[5]?.feed({ type: 'sharesChanged', fresh, gone: [], given: shares, sought: [] })
    world.run(minute)
    expect(bansAmong(tabs)).toEqual([])
    for (const tab of tabs) if (tab !== tabs[5]) expect(tab.shares.size).toBe(new Set(shares).size)
  })
})
