import { devices, type Page } from '@playwright/test'
import { expect, offerFiles, roomLink, shareNamed, test, waitForPeers } from './room.ts'

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

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
  expect(widths).toEqual([phone.viewport.width, phone.viewport.width])
}
