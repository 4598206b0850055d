import type { Page } from '@playwright/test'
import { sampleBytes } from './files.ts'
import { bytesOf, downloadWhole, expect, offerFiles, roomLink, shareNamed, test } from './room.ts'

const roomSize = 16
const openedAtOnce = 4

const nameOf = (at: number): string => `of tab ${at}.bin`

test('sixteen tabs in one room: each lists all others and their shares, and takes what any of them gives', async ({
  openPage,
}) => {
  test.setTimeout(240_000)
  const first = await openPage()
  const link = await roomLink(first)
  const pages: Page[] = [first]
  while (pages.length < roomSize) {
    const missing = Math.min(openedAtOnce, roomSize - pages.length)
    pages.push(...(await Promise.all(Array.from({ length: missing }, () => openPage(link)))))
  }
  const files = pages.map((_, at) => ({ name: nameOf(at), bytes: sampleBytes(5000 + at) }))
  for (const page of pages)
    await expect(page.getByTestId('peer')).toHaveCount(roomSize - 1, { timeout: 60_000 })
  for (const [at, file] of files.entries()) if (pages[at]) await offerFiles(pages[at], file)
  for (const page of pages) await expect(page.getByTestId('share')).toHaveCount(roomSize, { timeout: 60_000 })
  for (const page of pages) await expect(page.locator('[data-testid=peer][data-state=lost]')).toHaveCount(0)

  // Each takes what the seventh after it gives, with which it may or may not be linked.
  await Promise.all(
    pages.map(async (page, at) => {
      const file = files[(at + 7) % roomSize]
      if (!file) throw new Error('each gives a file')
      const download = await downloadWhole(shareNamed(page, file.name))
      expect((await bytesOf(download)).equals(file.bytes)).toBe(true)
    }),
  )
})
