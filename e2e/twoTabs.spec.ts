import { limits } from '../src/shared/limits.ts'
import { MiB, sampleBytes, sha256 } from './files.ts'
import {
  attributesOf,
  bytesOf,
  downloadWhole,
  expect,
  offerFiles,
  openRoom,
  press,
  roomLink,
  shareNamed,
  shareOfSize,
  test,
  waitForBytes,
  waitForState,
} from './room.ts'

test('the room is in the address bar and in the field', async ({ openPage }) => {
  const alice = await openPage()
  const link = await roomLink(alice)
  expect(alice.url()).toBe(link)
  await expect(alice.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
})

test('files on and around the borders of blocks and pieces arrive byte for byte', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const sizes = [0, 1, 65_535, 65_536, 65_537, MiB + 1, 20 * MiB]
  const files = sizes.map((size) => ({ name: `${size} bytes.bin`, bytes: sampleBytes(size, size) }))
  await offerFiles(alice, ...files)
  for (const { name, bytes } of files) {
    const share = shareNamed(bob, name)
    const download = await downloadWhole(share)
    expect(download.suggestedFilename()).toBe(name)
    expect(sha256(await bytesOf(download))).toBe(sha256(bytes))
    expect(await attributesOf(share)).toMatchObject({ sizeBytes: bytes.length, haveBytes: bytes.length })
  }
})

test('both can offer and both can take', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const fromAlice = { name: 'from alice.bin', bytes: sampleBytes(200_000, 1) }
  const fromBob = { name: 'from bob.bin', bytes: sampleBytes(300_000, 2) }
  await offerFiles(alice, fromAlice)
  await offerFiles(bob, fromBob)
  const [atBob, atAlice] = await Promise.all([
    downloadWhole(shareNamed(bob, fromAlice.name)),
    downloadWhole(shareNamed(alice, fromBob.name)),
  ])
  expect((await bytesOf(atBob)).equals(fromAlice.bytes)).toBe(true)
  expect((await bytesOf(atAlice)).equals(fromBob.bytes)).toBe(true)
})

test('a download can be paused, resumed and cancelled', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const file = { name: 'long.bin', bytes: sampleBytes(30 * MiB) }
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForBytes(share, 1)
  await press(share, 'pause')
  await waitForState(share, 'paused')
  const { haveBytes } = await attributesOf(share)
  await press(share, 'resume')
  await waitForBytes(share, haveBytes + 1)
  await press(share, 'cancel')
  await waitForState(share, 'offered')
  expect(sha256(await bytesOf(await downloadWhole(share)))).toBe(sha256(file.bytes))
})

test('names in other scripts arrive as they are', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  for (const name of ['Zoë’s résumé.pdf', '写真 📷.jpg', 'عكس ۱.png', `it's "quoted" & <b>.txt`]) {
    await offerFiles(alice, { name, bytes: Buffer.from(name) })
    const download = await downloadWhole(shareNamed(bob, name))
    expect((await bytesOf(download)).toString()).toBe(name)
  }
})

test('hostile names are text, of a sane length, and never a path', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const names = [
    '../../etc/passwd',
    '..\\..\\windows\\system.ini',
    `${'a'.repeat(10_000)}.txt`,
    '<img src=x onerror=alert(1)>',
    'tab\tnewline\nescape\u001b[31m.txt',
    'photo\u202Egnp.exe',
    '..',
  ]
  for (const [at, name] of names.entries()) {
    const bytes = sampleBytes(1000 + at, at)
    await offerFiles(alice, { name, bytes })
    const share = shareOfSize(bob, bytes.length)
    const download = await downloadWhole(share)
    const shown = await share.innerText()
    expect(shown).not.toContain('\u202E')
    expect(shown).not.toContain('\u001b')
    expect((await attributesOf(share)).name.length).toBeLessThanOrEqual(limits.nameLengthMax)
    expect(download.suggestedFilename()).toMatch(/^[^/\\\p{Cc}\u202E]{1,255}$/u)
    expect(download.suggestedFilename()).not.toMatch(/^\.+$/)
    expect((await bytesOf(download)).equals(bytes)).toBe(true)
  }
  await expect(bob.locator('img[src=x]')).toHaveCount(0)
})

test('two shares of the same name stay two', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const first = { name: 'same.bin', bytes: sampleBytes(70_000, 1) }
  const second = { name: 'same.bin', bytes: sampleBytes(80_000, 2) }
  await offerFiles(alice, first)
  await offerFiles(alice, second)
  await expect(shareNamed(bob, 'same.bin')).toHaveCount(2)
  for (const { bytes } of [first, second]) {
    const share = shareOfSize(bob, bytes.length)
    expect((await bytesOf(await downloadWhole(share))).equals(bytes)).toBe(true)
  }
})
