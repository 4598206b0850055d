import type { Page } from '@playwright/test'
import { sampleBytes, writeTree } from './files.ts'
import {
  bytesOf,
  downloadWhole,
  dropPaths,
  expect,
  offerFiles,
  openRoom,
  save,
  shareNamed,
  test,
} from './room.ts'
import { unzip } from './zip.ts'

const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

test('the address of a zip tells nothing of it, and its name arrives', async ({ openPage }, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const name = `Zoë’s 写真 (100%) 'x'`
  const bytes = sampleBytes(100_000)
  await dropPaths(alice, await writeTree(testInfo.outputPath(name), new Map([['a.bin', bytes]])))
  await downloadWhole(shareNamed(bob, name))
  const download = await save(shareNamed(bob, name))
  expect(new URL(download.url()).pathname).toMatch(new RegExp(`^/saving/${uuid}$`))
  expect(download.suggestedFilename()).toBe(`${name}.zip`)
  expect(
    unzip(await bytesOf(download))
      .get(`${name}/a.bin`)
      ?.bytes.equals(bytes),
  ).toBe(true)
})

test('the service worker answers no request but for a download announced to it, and for files of the page', async ({
  openPage,
}, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  await dropPaths(alice, await writeTree(testInfo.outputPath('folder'), new Map([['a', Buffer.from('a')]])))
  await downloadWhole(shareNamed(bob, 'folder'))
  // The service worker is there then.
  await save(shareNamed(bob, 'folder'))
  const home = new URL('./', bob.url()).href
  const hostile = { type: 'save', name: 'x.zip', sizeBytes: 1, headers: { 'Content-Type': 'text/html' } }
  const id = '0f0e0d0c-0b0a-4908-8706-050403020100'

  expect(await announce(bob, { ...hostile, url: home, id: '../index.html' })).toBe('refused')
  expect(await announce(bob, { ...hostile, url: home })).toBe('refused')
  expect(await announce(bob, { ...hostile, url: home, id })).toBe('ready')
  // Announced or not, what a script asks for and any address that is not the page's come from the server.
  const fromServer = await bob.request.get(`${home}saving/${id}`)
  expect(await fetched(bob, `${home}saving/${id}`)).toBe(fromServer.status())
  expect(await fetched(bob, home)).toBe(200)
  const other = await bob.context().newPage()
  await other.goto(home)
  await expect(other.getByTestId('room-link')).toHaveValue(/#/)
})

test('a page and an image among the files are saved, never shown', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const types = bob.evaluate(blobTypesHandedOver)
  for (const name of ['page.html', 'image.svg']) {
    await offerFiles(alice, { name, bytes: Buffer.from('<svg onload="alert(1)"></svg>') })
    await downloadWhole(shareNamed(bob, name))
    expect((await save(shareNamed(bob, name))).suggestedFilename()).toBe(name)
  }
  expect(await types).toEqual(['application/octet-stream', 'application/octet-stream'])
})

/** What the service worker says first of a download announced to it by this page. */
function announce(page: Page, message: Readonly<Record<string, unknown>>): Promise<string> {
  return page.evaluate(async (said) => {
    const { active } = await navigator.serviceWorker.ready
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise<string>((resolve) => {
      port1.addEventListener('message', (event: MessageEvent<{ type: string }>) => resolve(event.data.type))
      port1.start()
    })
    active?.postMessage(said, [port2])
    return answer
  }, message)
}

const fetched = (page: Page, address: string): Promise<number> =>
  page.evaluate(async (at) => (await fetch(at)).status, address)

/** Run in the page: the types of the first two blobs that get an address. */
function blobTypesHandedOver(): Promise<string[]> {
  const types: string[] = []
  const make = URL.createObjectURL.bind(URL)
  return new Promise((resolve) => {
    URL.createObjectURL = (blob) => {
      if (blob instanceof Blob) types.push(blob.type)
      if (types.length === 2) resolve(types)
      return make(blob)
    }
  })
}
