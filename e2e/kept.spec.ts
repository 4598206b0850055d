import type { Page } from '@playwright/test'
import { MiB, sampleBytes, sha256 } from './files.ts'
import {
  attributesOf,
  bytesOf,
  downloadWhole,
  expect,
  leave,
  offerFiles,
  openRoom,
  press,
  roomLink,
  savedBytes,
  shareNamed,
  test,
  waitForPeers,
  waitForState,
} from './room.ts'

const [first, second] = [
  { name: 'first.bin', bytes: sampleBytes(6 * MiB, 1) },
  { name: 'second.bin', bytes: sampleBytes(6 * MiB, 2) },
]

/** Names of all files that this origin keeps on the disk, by the browser's own word. */
const filesOnDisk = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names: string[] = []
    const look = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const [name, inside] of folder.entries())
        if (inside instanceof FileSystemDirectoryHandle) await look(inside)
        else names.push(name)
    }
    await look(await navigator.storage.getDirectory())
    return names
  })

/** Bob has taken alice's file, and is in another room now, with carol, who offers the second there. */
async function inAnotherRoom(
  openPage: Parameters<typeof openRoom>[0],
): Promise<{ bob: Page; firstId: string }> {
  const [alice, bob] = await openRoom(openPage, 2)
  await offerFiles(alice, first)
  await downloadWhole(shareNamed(bob, first.name))
  const { shareId } = await attributesOf(shareNamed(bob, first.name))
  await leave(alice)
  const carol = await openPage()
  // The page loads anew: only the fragment of its address is another.
  await bob.goto(await roomLink(carol))
  await waitForPeers(carol, 1)
  await offerFiles(carol, second)
  return { bob, firstId: shareId }
}

test('rooms of this device are listed with what they hold, opened again, and cleared', async ({
  openPage,
}) => {
  const { bob, firstId } = await inAnotherRoom(openPage)
  await downloadWhole(shareNamed(bob, second.name))
  expect((await filesOnDisk(bob)).length).toBe(2)
  await bob.getByTestId('open-kept').click()
  const rooms = bob.getByTestId('kept-room')
  await expect(rooms).toHaveCount(2)
  await expect(rooms.nth(0)).toHaveAttribute('data-where', 'here')
  await expect(rooms.nth(1)).toHaveAttribute('data-kept', String(first.bytes.length))
  await rooms.nth(1).getByTestId('enter-room').click()
  await waitForState(shareNamed(bob, first.name), 'complete')

  await bob.getByTestId('open-kept').click()
  await expect(rooms).toHaveCount(2)
  await rooms.nth(1).getByTestId('forget-room').click()
  await rooms.nth(1).getByTestId('forget-room-now').click()
  await expect(rooms).toHaveCount(1)
  expect(await filesOnDisk(bob)).toEqual([firstId])
  await rooms.nth(0).getByTestId('forget-kept').click()
  await expect(bob.getByTestId('kept')).toContainText('Nothing is kept')
  await expect.poll(() => filesOnDisk(bob)).toEqual([])
})

test('a download that finds the disk full says so, and goes on by itself when space is freed', async ({
  openPage,
}) => {
  const { bob } = await inAnotherRoom(openPage)
  const devtools = await bob.context().newCDPSession(bob)
  const { origin } = new URL(bob.url())
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 10 * MiB })
  const share = shareNamed(bob, second.name)
  await press(share, 'download')
  await waitForState(share, 'failed')
  await expect(share).toContainText('The disk is full')
  await share.getByTestId('open-kept').click()
  const old = bob.locator('[data-testid=kept-room][data-where=closed]')
  await old.getByTestId('forget-room').click()
  await old.getByTestId('forget-room-now').click()
  await waitForState(share, 'complete')
  await bob.keyboard.press('Escape')
  expect(sha256(await savedBytes(share))).toBe(sha256(second.bytes))
})

test('a page that is loaded anew while the disk is full still has what it kept, and gives it', async ({
  openPage,
}) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const link = await roomLink(bob)
  await offerFiles(alice, first)
  await downloadWhole(shareNamed(bob, first.name))
  // While the page hands it over, it asks before it is closed.
  await expect(shareNamed(bob, first.name)).toContainText('handed to your downloads')
  await leave(alice)
  const devtools = await bob.context().newCDPSession(bob)
  const { origin } = new URL(bob.url())
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: MiB })
  await bob.reload()
  await waitForState(shareNamed(bob, first.name), 'complete')
  await expect(bob.getByText('Files are kept in memory in this browser')).toHaveCount(0)
  const carol = await openPage(link)
  const download = await downloadWhole(shareNamed(carol, first.name))
  expect(sha256(await bytesOf(download))).toBe(sha256(first.bytes))
})
