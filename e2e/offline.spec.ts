import { readFile, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { MiB, sampleBytes, sha256, writeTree } from './files.ts'
import { distFolder, expectHelp, test, untilKept } from './host.ts'
import { olderWords } from './newerBuild.ts'
import {
  addressOf,
  bytesOf,
  downloadWhole,
  dropPaths,
  expect,
  offerFiles,
  roomLink,
  save,
  shareNamed,
  startPageServer,
  waitForPeers,
  waitForState,
} from './room.ts'
import { unzip } from './zip.ts'

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
