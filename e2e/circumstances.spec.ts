import { mkdir, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { networkAddresses } from '../scripts/addresses.ts'
import { MiB, sampleBytes, writeSampleFile } from './files.ts'
import { startPlainHost } from './plainHost.ts'
import {
  addressOf,
  bytesOf,
  clipboardOf,
  downloadWhole,
  dropPaths,
  expect,
  expectOthers,
  offerFiles,
  openRoom,
  press,
  rename,
  roomLink,
  savedBytes,
  shareNamed,
  test,
  transferTimeoutMs,
  waitForBytes,
  waitForPeers,
  waitForState,
} from './room.ts'

/** More than a page keeps in memory of what it read for hashing, so that some must be read again. */
const readTwiceBytes = 40 * MiB
/** Silence after which a link to a tab that died is given up, and some. */
const silenceMs = 90_000

test('a browser without WebRTC is told so', async ({ browser, server }) => {
  const context = await browser.newContext()
  await context.addInitScript(() => {
    // Under the second name a shim in PeerJS would find it again.
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection'])
      Reflect.deleteProperty(globalThis, name)
  })
  const page = await context.newPage()
  await page.goto(addressOf(server))
  const notice = page.getByTestId('notice').filter({ hasText: 'WebRTC' })
  await expect(notice).toHaveAttribute('data-level', 'error')
  await context.close()
})

test('a page on a plain http address of the network keeps files in memory, says so, and works', async ({
  openPage,
}) => {
  const [address] = networkAddresses()
  test.skip(address === undefined, 'This machine has no address but its own.')
  const host = await startPlainHost(address ?? '')
  const alice = await openPage(host.url)
  const notice = alice.getByTestId('notice').filter({ hasText: 'https' })
  await expect(notice).toHaveAttribute('data-level', 'warning')
  await expect(alice.getByText('Files are kept in memory in this browser')).toBeVisible()
  const bob = await openPage(await roomLink(alice))
  await waitForPeers(bob, 1)
  const file = { name: 'in memory.bin', bytes: sampleBytes(3 * MiB) }
  await offerFiles(alice, file)
  const download = await downloadWhole(shareNamed(bob, file.name))
  expect((await bytesOf(download)).equals(file.bytes)).toBe(true)
  await expectCopied(bob)
  host.close()
})

/** There is no clipboard API here, and everything outside of the open dialog is inert. */
async function expectCopied(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByTestId('copy-link').click()
  await expect(page.getByTestId('copy-link')).toHaveText('Copied')
  await page.getByRole('button', { name: 'Close' }).click()
  expect(await clipboardOf(page)).toBe(await roomLink(page))
}

for (const what of ['changed', 'deleted'] as const) {
  test(`a file that is ${what} after it was dropped is said to be, on both sides`, async ({
    openPage,
  }, testInfo) => {
    const [alice, bob] = await openRoom(openPage, 2)
    const path = testInfo.outputPath('fleeting.bin')
    await writeSampleFile(path, readTwiceBytes)
    await offerFiles(alice, path)
    await waitForState(shareNamed(alice, 'fleeting.bin'), 'complete')
    await (what === 'deleted' ? unlink(path) : writeFile(path, 'another'))
    await press(shareNamed(bob, 'fleeting.bin'), 'download')
    await waitForState(shareNamed(alice, 'fleeting.bin'), 'failed')
    await expect(shareNamed(alice, 'fleeting.bin')).toContainText('changed, moved or deleted')
    await expect(shareNamed(bob, 'fleeting.bin')).toContainText('goes on by itself')
  })
}

test('a full disk is said to be, and the download goes on once there is room', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const file = { name: 'large.bin', bytes: sampleBytes(20 * MiB) }
  await offerFiles(alice, file)
  const devtools = await bob.context().newCDPSession(bob)
  const { origin } = new URL(bob.url())
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 10 * MiB })
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForState(share, 'failed')
  await expect(share).toContainText('The disk is full')
  await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  await press(share, 'resume')
  await waitForState(share, 'complete')
  expect((await savedBytes(share)).equals(file.bytes)).toBe(true)
})

test('a tab that crashes is missed, and what it had goes on when it is back', async ({ openPage }) => {
  // To be missed alone takes as long as `silenceMs`, on a busy machine.
  test.setTimeout(2 * silenceMs + 60_000)
  const [alice, bob] = await openRoom(openPage, 2)
  const file = { name: 'survivor.bin', bytes: sampleBytes(30 * MiB) }
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForBytes(share, MiB)
  // Never answers: the renderer is gone.
  void alice.goto('chrome://crash').catch(() => undefined)
  await expect(share).toContainText('goes on by itself', { timeout: silenceMs })
  const alone = await openPage(await roomLink(bob))
  await waitForPeers(alone, 1)
  await offerFiles(alone, file)
  await waitForState(share, 'complete')
  expect((await savedBytes(share)).equals(file.bytes)).toBe(true)
})

test('a reload asks first who alone has what another takes, and nobody who takes it; both stay the same members', async ({
  browser,
  openPage,
  server,
}) => {
  const context = await browser.newContext()
  const alice = await context.newPage()
  const questions: string[] = []
  alice.on('dialog', (dialog) => {
    questions.push(dialog.type())
    void dialog.accept()
  })
  await alice.goto(addressOf(server))
  await rename(alice, 'Amber Heron')
  const bob = await openPage(await roomLink(alice))
  await rename(bob, 'Jade Fox')
  await waitForPeers(bob, 1)
  const file = { name: 'interrupted.bin', bytes: sampleBytes(60 * MiB) }
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForBytes(share, 1)
  // A dialog of bob's would fail the test.
  await bob.reload()
  await waitForBytes(share, 1)
  expect(questions).toEqual([])
  await expect(bob.getByTestId('share')).toHaveCount(1)
  // What bob kept is there before the two are linked: alice must have heard of it.
  await waitForPeers(bob, 1)
  await expect(shareNamed(alice, file.name)).toContainText('the others have')
  await alice.reload()
  expect(questions).toEqual(['beforeunload'])

  await waitForPeers(bob, 1)
  await waitForPeers(alice, 1)
  await expectOthers(bob, 'Amber Heron')
  await expectOthers(alice, 'Jade Fox')
  await offerFiles(alice, file)
  await waitForState(share, 'complete')
  expect((await savedBytes(share)).equals(file.bytes)).toBe(true)
  await expect(shareNamed(alice, file.name)).toHaveAttribute('data-copies', '2')
  // Nothing is left to lose, so nothing is asked.
  await alice.reload()
  expect(questions).toEqual(['beforeunload'])
  await context.close()
})

test('hundreds of files picked at once are all there soon', async ({ openPage }, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const folder = testInfo.outputPath('photos')
  const fileSizeBytes = 4 * MiB
  await mkdir(folder)
  const paths = Array.from({ length: 200 }, (_, at) => join(folder, `${at}.jpg`))
  for (const path of paths) {
    await writeFile(path, path)
    await truncate(path, fileSizeBytes)
  }
  await alice.getByTestId('file-input').setInputFiles(paths)
  // 800 MB are hashed meanwhile.
  const hashed = alice.locator('[data-testid=share][data-state=complete]')
  await expect(hashed).toHaveCount(paths.length, { timeout: transferTimeoutMs })
  await expect(bob.getByTestId('share')).toHaveCount(paths.length)
  const seventh = await bytesOf(await downloadWhole(shareNamed(bob, '7.jpg')))
  expect(seventh).toHaveLength(fileSizeBytes)
  expect(seventh.toString('utf8', 0, join(folder, '7.jpg').length)).toBe(join(folder, '7.jpg'))
})

test('a folder without files is said to be', async ({ openPage }, testInfo) => {
  const alice = await openPage()
  await roomLink(alice)
  const folder = testInfo.outputPath('hollow')
  await mkdir(join(folder, 'inner'), { recursive: true })
  await dropPaths(alice, folder)
  const notice = alice.getByTestId('notice').filter({ hasText: 'no files in' })
  await expect(notice).toContainText('hollow')
  await expect(notice).toHaveAttribute('data-level', 'warning')
  await expect(alice.getByTestId('share')).toHaveCount(0)
})
