import { MiB, sampleBytes, sha256 } from './files.ts'
import {
  attributesOf,
  expect,
  offerFiles,
  openRoom,
  press,
  savedBytes,
  shareNamed,
  test,
  waitForState,
} from './room.ts'

test('four take a file at once, from each other too, and all have it whole', async ({ openPage }) => {
  const [alice, ...takers] = await openRoom(openPage, 5)
  const file = { name: 'for all.bin', bytes: sampleBytes(12 * MiB) }
  await offerFiles(alice, file)
  const shares = takers.map((page) => shareNamed(page, file.name))
  for (const share of shares) await press(share, 'download')

  const mostSources = async () => {
    const seen = await Promise.all(shares.map(attributesOf))
    return Math.max(...seen.map(({ sources }) => sources))
  }
  await expect.poll(mostSources).toBeGreaterThan(1)

  for (const share of shares) await waitForState(share, 'complete')
  for (const share of shares) expect(sha256(await savedBytes(share))).toBe(sha256(file.bytes))
  await expect(shareNamed(alice, file.name)).toHaveAttribute('data-copies', '5')
})
