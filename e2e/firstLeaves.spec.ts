import { MiB, sampleBytes, sha256 } from './files.ts'
import {
  attributesOf,
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
  waitForBytes,
  waitForPeers,
  waitForState,
} from './room.ts'

/** So much that it can be paused before the last of it is asked for, on a fast machine too. */
const file = { name: 'outlives its sender.bin', bytes: sampleBytes(60 * MiB) }
/** So much that its sender is gone before it is through, on a fast and busy machine too. */
const largeFile = { name: 'too much at once.bin', bytes: sampleBytes(80 * MiB) }

test('the first sender leaves once the room holds all: everyone finishes', async ({ openPage }) => {
  const [alice, bob, carol] = await openRoom(openPage, 3)
  await offerFiles(alice, file)
  const atBob = shareNamed(bob, file.name)
  const atCarol = shareNamed(carol, file.name)
  await press(atCarol, 'download')
  await waitForBytes(atCarol, 1)
  await press(atCarol, 'pause')
  await waitForState(atCarol, 'paused')
  await downloadWhole(atBob)

  await leave(alice)
  await press(atCarol, 'resume')
  await waitForState(atCarol, 'complete')
  expect(sha256(await savedBytes(atCarol))).toBe(sha256(file.bytes))
  expect(sha256(await savedBytes(atBob))).toBe(sha256(file.bytes))
})

test('the first sender leaves too early: the share says so, keeps what it has, and goes on when the same file is dropped again', async ({
  openPage,
}) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const link = await roomLink(bob)
  await offerFiles(alice, largeFile)
  // Of what it has not hashed nobody can vouch once it is gone.
  await waitForState(shareNamed(alice, largeFile.name), 'complete')
  const share = shareNamed(bob, largeFile.name)
  await press(share, 'download')
  await waitForBytes(share, 2 * MiB)
  await leave(alice)

  await expect(share).toContainText('goes on by itself', { timeout: 60_000 })
  const { haveBytes, state } = await attributesOf(share)
  expect(haveBytes).toBeGreaterThanOrEqual(2 * MiB)
  expect(state).not.toBe('complete')
  expect(state).not.toBe('failed')

  const carol = await openPage(link)
  await waitForPeers(carol, 1)
  await offerFiles(carol, largeFile)
  await waitForState(share, 'complete')
  expect(sha256(await savedBytes(share))).toBe(sha256(largeFile.bytes))
})
