import { MiB, sampleBytes, sha256 } from './files.ts'
import { floodLinks, type FloodGlobal } from './flooder.ts'
import { bytesOf, downloadWhole, expect, offerFiles, openRoom, roomLink, shareNamed, test } from './room.ts'

test('a member that floods is thrown out by both, again under another key, and what they exchange is whole', async ({
  openPage,
  browser,
}) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const context = await browser.newContext()
  await context.addInitScript(floodLinks, { perTick: 20, afterMs: 500 })
  const mallory = await context.newPage()
  const link = await roomLink(alice)
  const file = { name: 'plans.bin', bytes: sampleBytes(8 * MiB, 1) }
  for (let time = 0; time < 2; time++) {
    if (time === 0) await mallory.goto(link)
    else await mallory.reload()
    for (const page of [alice, bob]) {
      const notice = page.getByTestId('notice').filter({ hasText: 'is kept out' })
      await expect(notice).toHaveCount(1, { timeout: 60_000 })
      await notice.getByRole('button', { name: 'Dismiss' }).click()
    }
    const sent = await mallory.evaluate(() => (globalThis as unknown as FloodGlobal).flood)
    expect(sent?.messages).toBeGreaterThan(0)
    for (const page of [alice, bob]) await expect(page.getByTestId('peer')).toHaveCount(1)
  }
  await offerFiles(alice, file)
  const download = await downloadWhole(shareNamed(bob, file.name))
  expect(sha256(await bytesOf(download))).toBe(sha256(file.bytes))
  await context.close()
})
