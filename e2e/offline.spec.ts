import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Page } from '@playwright/test'
import type { Server } from '../scripts/server.ts'
import { rootFolder } from '../scripts/setup.mjs'
import { MiB, sampleBytes, sha256, writeTree } from './files.ts'
import { buildNewer, newerWords, olderWords } from './newerBuild.ts'
import {
  addressOf,
  bytesOf,
  downloadWhole,
  dropPaths,
  expect,
  offerFiles,
  press,
  roomLink,
  save,
  shareNamed,
  startPageServer,
  test as base,
  waitForBytes,
  waitForPeers,
  waitForState,
} from './room.ts'
import { unzip } from './zip.ts'

const distFolder = join(rootFolder, 'dist')

/** The page's host, apart from the broker: it can go away, and come back with another build. */
interface Host {
  readonly address: string
  start(folder?: string): Promise<void>
  stop(): Promise<void>
}

const test = base.extend<{ host: Host }, { newerFolder: string }>({
  host: async ({ server }, use) => {
    const signaling = [
      { type: 'peerjs', host: 'localhost', port: server.port, path: '/peerjs', secure: false },
    ]
    const configOverride = { signaling, iceServers: [], uploadLimitKBps: 2000 }
    let running: Server | null = await startPageServer({ configOverride })
    const { port } = running
    await use({
      address: addressOf(running),
      start: async (folder = distFolder) => {
        running ??= await startPageServer({ configOverride, port, distFolder: folder })
      },
      stop: async () => {
        await running?.close()
        running = null
      },
    })
    await running?.close()
  },
  newerFolder: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
    async ({}, use, { workerIndex }) => {
      const folder = join(rootFolder, '.tmp', `newer-${workerIndex}`)
      await buildNewer(folder)
      await use(folder)
      await rm(folder, { recursive: true })
    },
    { scope: 'worker' },
  ],
})

/** Resolves once the page is kept: the service worker is active only when it has all files. */
const untilKept = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })

/** Has the page look for a newer build, as it does by itself every hour and when a network comes. */
const haveItLook = (page: Page): Promise<boolean> => page.evaluate(() => dispatchEvent(new Event('online')))

const newVersion = (page: Page) => page.getByTestId('new-version')

/** Opens the help, a part that is loaded only then, and expects that of one build. */
async function expectHelp(page: Page, words: string): Promise<void> {
  await page.getByTestId('open-help').click()
  await expect(page.getByTestId('help').getByText(words)).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
}

test('once opened, the page starts with its host and its broker gone, and takes a file', async ({
  openPage,
}) => {
  const server = await startPageServer()
  const alice = await openPage(addressOf(server))
  const link = await roomLink(alice)
  await untilKept(alice)
  await server.close()
  const sockets: string[] = []
  alice.on('websocket', (socket) => sockets.push(new URL(socket.url()).host))
  await alice.reload()
  expect(await roomLink(alice)).toBe(link)
  await offerFiles(alice, { name: 'without a network.bin', bytes: sampleBytes(MiB) })
  await waitForState(shareNamed(alice, 'without a network.bin'), 'complete')
  await expectHelp(alice, olderWords)
  // It knows from config.json, as it was, whom to ask, and says truly that nobody answers.
  const notices = alice.getByTestId('notice')
  await expect(notices.filter({ hasText: 'introduction service cannot be reached' })).toHaveCount(1)
  await expect(notices.and(alice.locator('[data-level=error]'))).toHaveCount(0)
  expect(new Set(sockets)).toEqual(new Set([`localhost:${server.port}`]))
  // The same for a room of its own, and for whatever else the address says.
  const another = await alice.context().newPage()
  await another.goto(`${addressOf(server)}index.html?debug`)
  expect(await roomLink(another)).not.toBe(link)
})

test('what is kept is what the host has, byte for byte, and no room is in it', async ({ openPage, host }) => {
  const alice = await openPage(host.address)
  const secret = new URL(await roomLink(alice)).hash.slice(1)
  await untilKept(alice)
  await host.stop()
  const onDisk = new Map<string, string>()
  for (const file of await readdir(distFolder, { recursive: true })) {
    const isPart = /\.\w+$/.test(file) && !/\.(br|gz)$|^(_headers|sw\.js|config\.json)$/.test(file)
    const bytes = isPart ? await readFile(join(distFolder, file)) : Buffer.of()
    if (isPart) onDisk.set(file.replaceAll(sep, '/'), sha256(bytes))
  }
  const hashes = await alice.evaluate(hashesOf, [...onDisk.keys()])
  expect(hashes).toEqual([...onDisk])
  const kept = await alice.evaluate(everythingCached)
  expect(kept.addresses).toHaveLength(onDisk.size + 1)
  expect(kept.addresses.filter((address) => /[#?]/.test(address))).toEqual([])
  expect(kept.text).toContain('Swarmdrop')
  expect(kept.text).not.toContain(secret)
})

test('a folder is saved as a zip with the host gone', async ({ openPage, host }, testInfo) => {
  const alice = await openPage(host.address)
  const bob = await openPage(await roomLink(alice))
  await waitForPeers(bob, 1)
  await untilKept(bob)
  const bytes = sampleBytes(300_000)
  await dropPaths(alice, await writeTree(testInfo.outputPath('photos'), new Map([['a.bin', bytes]])))
  await host.stop()
  await downloadWhole(shareNamed(bob, 'photos'))
  const download = await save(shareNamed(bob, 'photos'))
  expect(
    unzip(await bytesOf(download))
      .get('photos/a.bin')
      ?.bytes.equals(bytes),
  ).toBe(true)
})

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

test('the page can be installed, and its icon opens a room', async ({ openPage, host }) => {
  const alice = await openPage(host.address)
  await untilKept(alice)
  const devtools = await alice.context().newCDPSession(alice)
  const { url, errors, manifest } = await devtools.send('Page.getAppManifest')
  expect(errors).toEqual([])
  expect(url).toBe(`${host.address}manifest.webmanifest`)
  expect(manifest.scope).toBe(host.address)
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  // The tests' windows are private ones, from which nothing is installed.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
  await host.stop()
  await alice.goto(manifest.startUrl ?? '')
  await roomLink(alice)
})

/** Run in the page: the SHA-256 of what it gets from these addresses. */
function hashesOf(paths: readonly string[]): Promise<(readonly [string, string])[]> {
  return Promise.all(
    paths.map(async (path) => {
      const response = await fetch(path)
      const hash = await crypto.subtle.digest('SHA-256', await response.arrayBuffer())
      return [
        path,
        Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      ] as const
    }),
  )
}

/** Run in the page: all addresses that this origin has kept something under, and all that was kept. */
async function everythingCached(): Promise<{ addresses: string[]; text: string }> {
  const addresses: string[] = []
  const texts: string[] = []
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      addresses.push(request.url)
      texts.push((await (await cache.match(request))?.text()) ?? '')
    }
  }
  return { addresses, text: texts.join('\n') }
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

/** Run in the page: looks for a newer build, and answers what becomes of the worker that is found. */
async function lookAndSeeItFail(): Promise<string> {
  const registration = await navigator.serviceWorker.ready
  return new Promise((resolve) => {
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => resolve(worker.state))
    })
    dispatchEvent(new Event('online'))
  })
}
