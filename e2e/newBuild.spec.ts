import { cp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { MiB, sampleBytes, writeTree } from './files.ts'
import { expectHelp, haveItLook, newVersion, test, untilKept } from './host.ts'
import { newerWords, olderWords } from './newerBuild.ts'
import {
  bytesOf,
  dropPaths,
  expect,
  offerFiles,
  press,
  roomLink,
  shareNamed,
  waitForBytes,
  waitForPeers,
} from './room.ts'
import { unzip } from './zip.ts'

test('a newer build leaves a page and its transfer alone, is announced, and taken when nothing moves', async ({
  openPage,
  host,
  newerFolder,
}) => {
  const alice = await openPage(host.address)
  const link = await roomLink(alice)
  const bob = await openPage(link)
  const beside = await bob.context().newPage()
  await beside.goto(host.address)
  await waitForPeers(bob, 1)
  await Promise.all([untilKept(bob), untilKept(beside)])
  const file = { name: 'under way.bin', bytes: sampleBytes(24 * MiB) }
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  const [saved] = [bob.waitForEvent('download'), await press(share, 'download')]
  await waitForBytes(share, MiB)

  await host.stop()
  await host.start(newerFolder)
  await haveItLook(bob)
  await expect(newVersion(bob)).toHaveAttribute('data-state', 'ready')
  await expect(newVersion(bob)).toContainText('There is a new version of this page')
  await expectHelp(bob, olderWords)
  await bob.getByTestId('use-new-version').click()
  await expect(newVersion(bob)).toHaveAttribute('data-state', 'waiting')
  await expect(newVersion(bob)).toContainText('still on its way')
  await expect(share).toHaveAttribute('data-state', 'downloading')
  expect((await bytesOf(await saved)).equals(file.bytes)).toBe(true)

  // It is through, so the page changes by itself.
  await expect(newVersion(bob)).toHaveCount(0)
  await waitForPeers(bob, 1)
  expect(await roomLink(bob)).toBe(link)
  await expectHelp(bob, newerWords)

  // The tab beside is of the older build still: it has its files, whoever serves them, and is told.
  await expect(newVersion(beside)).toHaveAttribute('data-state', 'ready')
  await host.stop()
  await expectHelp(beside, olderWords)
  await beside.getByTestId('use-new-version').click()
  await expect(newVersion(beside)).toHaveCount(0)
  await expectHelp(beside, newerWords)
  await expect.poll(() => keptBuilds(beside)).toBe(1)
})

test('a page that is opened while a newer build waits changes to it at once', async ({
  openPage,
  host,
  newerFolder,
}) => {
  const alice = await openPage(host.address)
  await untilKept(alice)
  await host.stop()
  await host.start(newerFolder)
  await haveItLook(alice)
  await expect(newVersion(alice)).toHaveAttribute('data-state', 'ready')
  const fresh = await alice.context().newPage()
  await fresh.goto(host.address)
  // It joins no room before it has changed.
  await expect(fresh.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  await expectHelp(fresh, newerWords)
  await expectHelp(alice, olderWords)
  await expect(newVersion(fresh)).toHaveCount(0)
})

test('a newer build waits for a zip that another tab is saving', async ({
  openPage,
  host,
  newerFolder,
}, testInfo) => {
  const alice = await openPage(host.address)
  const bob = await openPage('about:blank')
  await bob.addInitScript(holdBytesOfZips)
  await bob.goto(await roomLink(alice))
  await waitForPeers(bob, 1)
  const beside = await bob.context().newPage()
  await beside.goto(host.address)
  await Promise.all([untilKept(bob), untilKept(beside)])
  const bytes = sampleBytes(MiB)
  await dropPaths(alice, await writeTree(testInfo.outputPath('photos'), new Map([['a.bin', bytes]])))
  const saved = bob.waitForEvent('download')
  await press(shareNamed(bob, 'photos'), 'download')
  const download = await saved

  await host.stop()
  await host.start(newerFolder)
  await haveItLook(beside)
  await beside.getByTestId('use-new-version').click()
  await expect(newVersion(beside)).toHaveAttribute('data-state', 'changing')
  const waiting = await beside.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state)
  expect(waiting).toBe('installed')
  await bob.evaluate(() => dispatchEvent(new Event('let-go')))
  expect(
    unzip(await bytesOf(download))
      .get('photos/a.bin')
      ?.bytes.equals(bytes),
  ).toBe(true)
  await expect(newVersion(beside)).toHaveCount(0)
  await expectHelp(beside, newerWords)
})

for (const how of ['missing', 'changed'] as const) {
  test(`a build of which a file is ${how} replaces nothing`, async ({ openPage, host, newerFolder }) => {
    const broken = `${newerFolder}-${how}`
    await cp(newerFolder, broken, { recursive: true })
    for (const file of await readdir(join(broken, 'assets'))) {
      if (!file.startsWith('openedParts')) continue
      await (how === 'missing'
        ? rm(join(broken, 'assets', file))
        : writeFile(join(broken, 'assets', file), 'x'))
    }
    const alice = await openPage(host.address)
    await untilKept(alice)
    await host.stop()
    await host.start(broken)
    expect(await alice.evaluate(lookAndSeeItFail)).toBe('redundant')
    await alice.reload()
    await expectHelp(alice, olderWords)
    await expect(newVersion(alice)).toHaveCount(0)
    await host.stop()
    await alice.reload()
    await expectHelp(alice, olderWords)

    await host.start(newerFolder)
    await haveItLook(alice)
    await expect(newVersion(alice)).toHaveAttribute('data-state', 'ready')
    await alice.getByTestId('use-new-version').click()
    await expect(newVersion(alice)).toHaveCount(0)
    await expectHelp(alice, newerWords)
    await rm(broken, { recursive: true })
  })
}

/** Run in the page: no byte of a zip gets to the service worker until the page is told to let go. */
function holdBytesOfZips(): void {
  const post = MessagePort.prototype.postMessage
  const held: (() => void)[] = []
  let isHeld = true
  addEventListener('let-go', () => {
    isHeld = false
    for (const send of held) send()
  })
  MessagePort.prototype.postMessage = function (
    message: unknown,
    options?: StructuredSerializeOptions | Transferable[],
  ) {
    const transfer = Array.isArray(options) ? { transfer: options } : (options ?? {})
    const send = (): void => post.call(this, message, transfer)
    const isBytes = typeof message === 'object' && message !== null && 'bytes' in message
    if (isHeld && isBytes) held.push(send)
    else send()
  }
}

const keptBuilds = (page: Page): Promise<number> =>
  page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('swarmdrop-page')).length)

/**
 * Run in the page: looks for a newer build, and answers what becomes of the worker that is found. The page looks by itself when it is opened:
 * it may have found it already, and then finds nothing further.
 */
async function lookAndSeeItFail(): Promise<string> {
  const registration = await navigator.serviceWorker.ready
  return new Promise((resolve) => {
    const follow = (): void => {
      const { installing } = registration
      installing?.addEventListener('statechange', () => resolve(installing.state))
    }
    registration.addEventListener('updatefound', follow)
    follow()
    dispatchEvent(new Event('online'))
  })
}
