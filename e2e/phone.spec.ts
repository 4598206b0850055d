import { devices, type Page } from '@playwright/test'
import { expect, offerFiles, rename, roomLink, shareNamed, test, waitForPeers } from './room.ts'

const { userAgent, isMobile, hasTouch } = devices['Pixel 7']
const phone = { viewport: { width: 360, height: 740 }, userAgent, isMobile, hasTouch }

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a phone 360 px wide never scrolls sideways (${colorScheme})`, async ({ openPage }) => {
    const alice = await openPage(undefined, { ...phone, colorScheme })
    const link = await roomLink(alice)
    await expectNoSidewaysScroll(alice)

    const bob = await openPage(link)
    await waitForPeers(alice, 1)
    await expectNoSidewaysScroll(alice)

    const name = `${'an unbroken name without end '.replaceAll(' ', '_').repeat(8)}.bin`
    await offerFiles(bob, { name, bytes: Buffer.alloc(1_000) })
    const share = shareNamed(alice, name)
    await expect(share.getByTestId('download')).toBeInViewport({ ratio: 0.5 })
    await expectNoSidewaysScroll(alice)
    await share.getByTestId('download').tap()
    await expect(share.getByTestId('save')).toBeVisible()
    await expectNoSidewaysScroll(alice)
  })
}

test('on a phone nothing stays hidden under a notice, and two-word names keep together', async ({
  openPage,
}) => {
  const alice = await openPage(undefined, phone)
  await rename(alice, 'Emerald Dolphin')
  const bob = await openPage(await roomLink(alice))
  await waitForPeers(alice, 1)
  expect(await alice.locator('.member-name').evaluateAll(linesOf)).toEqual([1, 1])

  for (const name of ['first.bin', 'second.bin', 'third.bin']) {
    await offerFiles(bob, { name, bytes: Buffer.alloc(1_000) })
    await shareNamed(alice, name).getByTestId('download').tap()
    await expect(shareNamed(alice, name).getByTestId('save')).toBeVisible()
  }
  const toast = alice.locator('[data-testid=notice][data-level=info]').last()
  await expect(toast).toBeVisible()
  await alice.locator('.page-footer').evaluate((footer) => footer.ownerDocument.defaultView?.scrollTo(0, 1e6))
  const footer = await edgesOf(alice, '.page-footer')
  const notices = await edgesOf(alice, '.toasts')
  expect(footer.bottom).toBeLessThanOrEqual(notices.top + 1)
  // They lie on the bar: no slit for the page to shine through.
  expect(Math.abs(notices.bottom - (await edgesOf(alice, '.pickers')).top)).toBeLessThanOrEqual(1)
})

async function edgesOf(page: Page, part: string): Promise<{ top: number; bottom: number }> {
  const box = await page.locator(part).boundingBox()
  if (box === null) throw new Error(`${part} cannot be seen`)
  return { top: box.y, bottom: box.y + box.height }
}

/** Lines of text each element takes. */
const linesOf = (elements: readonly (HTMLElement | SVGElement)[]): readonly number[] =>
  elements.map((element) =>
    Math.round(
      element.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(element).lineHeight),
    ),
  )

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
  expect(widths).toEqual([phone.viewport.width, phone.viewport.width])
}
