import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { MiB, sampleBytes, sha256 } from './files.ts'
import {
  attributesOf,
  bytesOf,
  dropPaths,
  expect,
  leave,
  offerFiles,
  openRoom,
  press,
  roomLink,
  savedBytes,
  shareNamed,
  test,
  waitForBytes,
  waitForPeers,
  waitForState,
} from './room.ts'
import { unzip } from './zip.ts'

const file = { name: 'big.bin', bytes: sampleBytes(60 * MiB) }
const halfBytes = 20 * MiB

/** Bytes of blocks that came over all connections of a page, as its browser counts them; called before the page opens any. */
async function countReceived(page: Page): Promise<() => Promise<number>> {
  await page.context().addInitScript(() => {
    const connections: RTCPeerConnection[] = []
    const Real = RTCPeerConnection
    globalThis.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        connections.push(this)
      }
    }
    Object.assign(globalThis, { connections })
  })
  return () =>
    page.evaluate(async () => {
      let bytes = 0
      for (const connection of (globalThis as unknown as { connections: RTCPeerConnection[] }).connections)
        for (const stat of (await connection.getStats()).values())
          if (stat.type === 'transport') bytes += Number(stat.bytesReceived)
      return bytes
    })
}

/** Alice offers the file, and bob has a third of it. */
async function halfway([alice, bob]: readonly [Page, Page]): Promise<void> {
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForBytes(share, halfBytes)
}

/**
 * The process of a page ends at once, as the system ends it when memory runs out: nothing is written, nobody is told. Answers a new page of
 * that browser in the same room.
 */
async function killed(page: Page): Promise<Page> {
  const link = await roomLink(page)
  const crashed = page.waitForEvent('crash')
  const devtools = await page.context().newCDPSession(page)
  // The answer never comes.
  void devtools.send('Page.crash').catch(() => undefined)
  await crashed
  const next = await page.context().newPage()
  await next.goto(link)
  return next
}

test('a page that is loaded anew goes on where it was, fetches nothing twice, and hands the file over', async ({
  openPage,
}) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const received = await countReceived(bob)
  await halfway([alice, bob])
  const { haveBytes } = await attributesOf(shareNamed(bob, file.name))
  const [download] = await Promise.all([bob.waitForEvent('download', { timeout: 90_000 }), bob.reload()])
  await waitForState(shareNamed(bob, file.name), 'complete')
  expect(sha256(await bytesOf(download))).toBe(sha256(file.bytes))
  // Headers of the wire and what was asked for when the page went are beside it.
  expect(await received()).toBeLessThan(1.15 * (file.bytes.length - haveBytes) + 2 * MiB)
})

test('a page whose process is killed has lost nothing that was checked', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  await halfway([alice, bob])
  const { haveBytes } = await attributesOf(shareNamed(bob, file.name))
  // Nobody is left who could give any of it.
  await leave(alice)
  const again = await killed(bob)
  await waitForBytes(shareNamed(again, file.name), haveBytes)
})

test('days later, from nothing but the link, a page has what it had, and gives it', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const link = await roomLink(bob)
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForState(share, 'complete')
  await leave(alice)
  const context = bob.context()
  await bob.close()
  const later = await context.newPage()
  await later.goto(link)
  await waitForState(shareNamed(later, file.name), 'complete')
  await expect(later.getByTestId('notice')).toHaveCount(0)
  const carol = await openPage(link)
  await press(shareNamed(carol, file.name), 'download')
  await waitForState(shareNamed(carol, file.name), 'complete')
  expect(sha256(await savedBytes(shareNamed(later, file.name)))).toBe(sha256(file.bytes))
})

test('two tabs of one browser in a room, both loaded anew, each find what is theirs', async ({
  openPage,
}) => {
  const alice = await openPage()
  const link = await roomLink(alice)
  const other = await alice.context().newPage()
  await other.goto(link)
  await waitForPeers(other, 1)
  const carol = await openPage(link)
  await waitForPeers(carol, 2)
  const [one, two] = [
    { name: 'one.bin', bytes: sampleBytes(MiB, 1) },
    { name: 'two.bin', bytes: sampleBytes(MiB, 2) },
  ]
  await offerFiles(carol, one, two)
  await press(shareNamed(alice, one.name), 'download')
  await press(shareNamed(other, two.name), 'download')
  await waitForState(shareNamed(alice, one.name), 'complete')
  await waitForState(shareNamed(other, two.name), 'complete')
  // A page that is still handing over asks before it goes.
  for (const share of [shareNamed(alice, one.name), shareNamed(other, two.name)])
    await expect(share).toContainText('handed to your downloads')
  await leave(carol)
  await Promise.all([alice.reload(), other.reload()])
  await waitForState(shareNamed(alice, one.name), 'complete')
  await waitForState(shareNamed(other, two.name), 'complete')
  // Neither has become the other's, and neither is a third member.
  await waitForPeers(alice, 1)
  await waitForPeers(other, 1)
})

test('a share of files waits on the next page for its files, and is the same share when they are dropped again', async ({
  openPage,
}) => {
  const folder = test.info().outputPath('own')
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'own.bin')
  await writeFile(path, file.bytes)
  const [alice, bob] = await openRoom(openPage, 2)
  await offerFiles(alice, path)
  const before = await attributesOf(shareNamed(alice, 'own.bin'))
  await waitForState(shareNamed(alice, 'own.bin'), 'complete')
  await press(shareNamed(bob, 'own.bin'), 'download')
  await waitForBytes(shareNamed(bob, 'own.bin'), halfBytes)
  const next = await killed(alice)
  const again = shareNamed(next, 'own.bin')
  await expect(again).toContainText('Drop or choose it here again')
  await expect(again).toHaveAttribute('data-state', 'paused')
  await dropPaths(next, path)
  await waitForState(again, 'complete')
  expect((await attributesOf(again)).shareId).toBe(before.shareId)
  await waitForState(shareNamed(bob, 'own.bin'), 'complete')
  expect(sha256(await savedBytes(shareNamed(bob, 'own.bin')))).toBe(sha256(file.bytes))
})

test('a folder of many small files needs nobody: the next page has a copy, and gives it', async ({
  openPage,
}) => {
  const folder = test.info().outputPath('small')
  await mkdir(folder, { recursive: true })
  const parts = Array.from({ length: 300 }, (_, at) => sampleBytes(1000 + 10 * at))
  await Promise.all(parts.map((bytes, at) => writeFile(join(folder, `${at}.bin`), bytes)))
  const [alice, bob] = await openRoom(openPage, 2)
  await alice.getByTestId('folder-input').setInputFiles(folder)
  await waitForState(shareNamed(alice, 'small'), 'complete')
  const before = await attributesOf(shareNamed(alice, 'small'))
  // Who has all of it has all of its list, which its origin wrote down before it told it.
  await press(shareNamed(bob, 'small'), 'download')
  await waitForState(shareNamed(bob, 'small'), 'complete')
  // Nobody can have it from the files any more, nor from bob.
  await rm(folder, { recursive: true })
  const next = await killed(alice)
  const again = shareNamed(next, 'small')
  await waitForState(again, 'complete')
  expect((await attributesOf(again)).shareId).toBe(before.shareId)
  await expect(again).toContainText('from you')
  await leave(bob)
  const carol = await openPage(await roomLink(next))
  await press(shareNamed(carol, 'small'), 'download')
  await waitForState(shareNamed(carol, 'small'), 'complete')
  const entries = unzip(await savedBytes(shareNamed(carol, 'small')))
  expect(entries.size).toBe(parts.length)
  for (const [at, bytes] of parts.entries())
    expect(entries.get(`small/${at}.bin`)?.bytes.equals(bytes), `${at}.bin`).toBe(true)
})

test('dropped files are shared again by themselves, where the browser lets the page read them still', async ({
  openPage,
}) => {
  const folder = test.info().outputPath('dropped')
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'dropped.bin')
  await writeFile(path, file.bytes.subarray(0, MiB))
  const [alice, bob] = await openRoom(openPage, 2)
  await dropPaths(alice, path)
  await waitForState(shareNamed(alice, 'dropped.bin'), 'complete')
  await alice.reload()
  await waitForState(shareNamed(alice, 'dropped.bin'), 'complete')
  await press(shareNamed(bob, 'dropped.bin'), 'download')
  await waitForState(shareNamed(bob, 'dropped.bin'), 'complete')
})
