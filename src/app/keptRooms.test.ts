import { beforeEach, describe, expect, it } from 'vitest'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import type { RoomSecret, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { KeptStore } from '../store/keptStore.ts'
import type { KnownRoom } from '../store/rooms.ts'
import { recordVersion, type ShareRecord } from '../store/shareIndex.ts'
import { certified, encodeManifest, type Manifest } from '../swarm/manifest.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { KeptRooms } from './keptRooms.ts'

const secret = 'AAAAAAAAAAAAAAAAAAAAAA' as RoomSecret
const block = limits.blockSizeBytes

let records: ShareRecord[]
let rooms: KnownRoom[]
let done: string[]
let openTabs: Set<string>
beforeEach(() => {
  records = []
  rooms = ['here', 'old', 'other'].map((room, at) => ({ room, secret, openedMs: 100 - at }))
  done = []
  openTabs = new Set(['here-1'])
})

/** A share of four pieces that a tab keeps. */
function left(tab: string, of: Partial<ShareRecord> = {}): Manifest {
  const manifest = certified(newManifest(4, { name: `of ${tab}` }), sha256AtOnce)
  const said = { wish: 'fetch', completed: false, key: null, source: null, updatedMs: 0 } as const
  const { share } = manifest
  records.push({
    version: recordVersion,
    tab,
    share,
    manifest: encodeManifest(manifest),
    ...said,
    ...of,
  })
  return manifest
}

const store: KeptStore = {
  rooms: async () => rooms,
  records: async () => records,
  openTabs: async () => openTabs,
  marks: async () => Uint8Array.of(1, 0, 1, 0),
  forgetRoom: async (room, tabs) => void done.push(`room ${room}: ${tabs.join()}`),
  forgetShare: async (tab, share) => void done.push(`share ${tab} ${share}`),
  freeBytes: async () => 5,
}

const keptRooms = (change: Partial<KeptStore> = {}): KeptRooms =>
  new KeptRooms({
    store: { ...store, ...change },
    room: 'here',
    tab: 'here-1',
    wallMs: () => 1000,
    remove: (share: ShareId) => void done.push(`removed ${share}`),
  })

describe('what this browser keeps', () => {
  it('is told by room, the last opened first, with what is on the disk of each share', async () => {
    const { share } = left('other-1')
    left('here-1')
    const { rooms: seen, freeBytes } = await keptRooms().view()
    expect(freeBytes).toBe(5)
    expect(seen.map(({ room, where, keptBytes }) => [room, where, keptBytes])).toEqual([
      ['here', 'here', 2 * block],
      ['other', 'closed', 2 * block],
    ])
    expect(seen[1]).toMatchObject({ fragment: secret, openedMs: 98 })
    expect(seen[1]?.shares).toEqual([
      {
        tab: 'other-1',
        share,
        name: 'of other-1',
        kind: 'file',
        sizeBytes: 4 * block,
        keptBytes: 2 * block,
        isGiven: false,
        isOpen: false,
      },
    ])
  })

  it('has no bytes of files that lie elsewhere on this device', async () => {
    left('other-1', { wish: 'offer' })
    const { rooms: seen } = await keptRooms({ marks: async () => new Uint8Array(4) }).view()
    expect(seen[0]?.shares).toMatchObject([{ keptBytes: 0, isGiven: true }])
  })

  it('tells what copies of them take', async () => {
    left('other-1', { wish: 'offer' })
    const { rooms: seen } = await keptRooms().view()
    expect(seen[0]?.shares).toMatchObject([{ keptBytes: 2 * block, isGiven: true }])
  })

  it('does not show what somebody changed on the disk', async () => {
    left('other-1', { manifest: encodeManifest(newManifest(4, { name: 'another' })) })
    expect((await keptRooms().view()).rooms).toEqual([])
  })

  it('is forgotten by room: all tabs of it that are closed', async () => {
    left('other-1')
    left('other-2')
    left('old-1')
    await keptRooms().forgetRoom('other')
    expect(done).toEqual(['room other: other-1,other-2'])
  })

  it('is this page’s own to remove where it is of this page, and gone from the list at once', async () => {
    const [one, two] = [left('here-1'), left('here-1')]
    const given = left('here-1', { wish: 'offer' })
    const gone = left('here-2')
    const copied = left('here-1', { wish: 'offer' })
    const marks: KeptStore['marks'] = async (_, share) =>
      new Uint8Array(4).fill(share === given.share ? 0 : 1)
    const kept = keptRooms({ marks })
    await kept.forgetShare('here-1', one.share)
    expect(done).toEqual([`removed ${one.share}`])
    expect((await kept.view()).rooms[0]?.shares).toHaveLength(4)
    await kept.forgetRoom('here')
    expect(done.slice(1)).toEqual([
      `removed ${one.share}`,
      `removed ${two.share}`,
      `removed ${copied.share}`,
      `share here-2 ${gone.share}`,
    ])
    expect((await kept.view()).rooms[0]?.shares.map(({ share }) => share)).toEqual([given.share, gone.share])
  })

  it('of a room that is open in another tab is shown as that tab’s', async () => {
    left('other-1')
    openTabs.add('other-1')
    expect((await keptRooms().view()).rooms[0]?.where).toBe('open')
  })

  it('of this room by another tab that is open is shown as that tab’s', async () => {
    left('here-2')
    left('here-1')
    openTabs.add('here-2')
    const shares = (await keptRooms().view()).rooms[0]?.shares
    expect(shares?.map(({ tab, isOpen }) => [tab, isOpen])).toEqual([
      ['here-2', true],
      ['here-1', false],
    ])
  })
})
