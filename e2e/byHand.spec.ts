import { writeFile } from 'node:fs/promises'
import { chromium, type Locator, type Page } from '@playwright/test'
import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { findBrowser } from '../scripts/browser.mjs'
import type { Server } from '../scripts/server.ts'
import { chromiumArgs } from './chromium.ts'
import { openFirefox } from './firefoxTab.ts'
import { addressOf, expect, handOver, roomLink, startPageServer, test as base, waitForPeers } from './room.ts'

// The package is CommonJS with a `default` of its own, which Node leaves where it is.
const decode = 'default' in jsqr ? (jsqr.default as typeof jsqr) : jsqr

const phone = { viewport: { width: 360, height: 740 } }

/** A page without any broker: nothing introduces anybody. */
const test = base.extend<{ site: Server }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  site: async ({}, use) => {
    const pages = await startPageServer({ configOverride: { signaling: [], iceServers: [] } })
    await use(pages)
    await pages.close()
  },
})

/** What the page shows for the other, as soon as it does. */
async function shown(page: Page, kind: 'invitation' | 'answer'): Promise<string> {
  const hand = page.getByTestId('hand')
  await expect(hand).toHaveAttribute('data-kind', kind)
  await expect(hand).toHaveAttribute('data-state', 'waiting')
  return page.getByTestId('hand-text').inputValue()
}

async function invite(page: Page): Promise<string> {
  if ((await page.getByTestId('hand').count()) > 0) await page.getByTestId('hand-another').click()
  else await openByHand(page)
  return shown(page, 'invitation')
}

/** In company it is behind the button to invite. */
async function openByHand(page: Page): Promise<void> {
  const button = page.getByTestId('open-by-hand')
  await button.waitFor({ state: 'attached' })
  if (!(await button.isVisible())) await page.getByRole('button', { name: 'Invite' }).click()
  await button.click()
}

async function paste(page: Page, text: string): Promise<void> {
  await page.getByTestId('hand-paste').fill(text)
  await page.getByTestId('take-hand').click()
}

async function connected(...pages: readonly Page[]): Promise<void> {
  for (const page of pages) await expect(page.getByTestId('hand')).toHaveAttribute('data-state', 'connected')
}

/** What a reader that is not ours sees in a picture of it. */
async function readPicture(code: Locator): Promise<string | undefined> {
  const { data, width, height } = PNG.sync.read(await code.screenshot())
  return decode(new Uint8ClampedArray(data), width, height)?.data
}

test('[R37] an invitation opened as a link and its answer pasted link two with no broker, and they bring in a third', async ({
  openPage,
  site,
}) => {
  const alice = await openPage(addressOf(site))
  await expect(alice.getByTestId('signaling')).toHaveAttribute('data-state', 'offline')
  const link = await roomLink(alice)
  const bob = await openPage(await invite(alice))
  await paste(alice, await shown(bob, 'answer'))
  await connected(alice, bob)
  expect(await roomLink(bob)).toBe(link)
  expect(new URL(bob.url()).hash).toBe(new URL(link).hash)
  await bob.getByTestId('hand-done').click()
  await handOver(alice, bob, 'by hand.bin')

  const carol = await openPage(await invite(bob))
  await paste(bob, await shown(carol, 'answer'))
  await connected(bob, carol)
  for (const page of [alice, bob, carol]) await waitForPeers(page, 2)
  await carol.getByTestId('hand-done').click()
  await handOver(alice, carol, 'to whom I never gave a code.bin')
})

test('[R37] a picture of the code at 360 px is read by another reader, and by the page', async ({
  openPage,
  site,
}, testInfo) => {
  const alice = await openPage(addressOf(site), phone)
  const invitation = await invite(alice)
  expect(await readPicture(alice.getByTestId('hand-qr'))).toBe(invitation)
  const picture = testInfo.outputPath('invitation.png')
  await writeFile(picture, await alice.screenshot())

  const bob = await openPage(addressOf(site), phone)
  await openByHand(bob)
  await bob.getByTestId('scan-hand').click()
  await bob.getByTestId('scan-picture').setInputFiles(picture)
  // Another room than the one that this page made for itself.
  await bob.getByTestId('enter-room').click()
  const answer = await shown(bob, 'answer')
  expect(await readPicture(bob.getByTestId('hand-qr'))).toBe(answer)
  await paste(alice, answer)
  await connected(alice, bob)
})

test('[R37] the camera reads a code that is held before it', async ({ openPage, site }, testInfo) => {
  const alice = await openPage(addressOf(site), phone)
  const invitation = await invite(alice)
  const film = testInfo.outputPath('held.y4m')
  await writeFile(film, filmOf(PNG.sync.read(await alice.screenshot())))
  const browser = await chromium.launch({
    executablePath: (await findBrowser('chromium')) ?? '',
    args: [
      ...chromiumArgs,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  })
  const bob = await browser.newPage()
  await bob.goto(addressOf(site))
  await bob.getByTestId('open-scan').click()
  await bob.getByTestId('enter-room').click()
  await paste(alice, await shown(bob, 'answer'))
  await connected(alice, bob)
  expect(invitation).toContain(new URL(bob.url()).hash)
  await browser.close()
})

/** A film of one picture, as Chromium takes it in place of a camera: YUV 4:2:0, whose colours are left out. */
function filmOf({ data, width, height }: PNG): Buffer {
  const [even, tall] = [width & ~1, height & ~1]
  const luma = Buffer.alloc(even * tall)
  for (let y = 0; y < tall; y++)
    for (let x = 0; x < even; x++) {
      const at = 4 * (y * width + x)
      luma[y * even + x] = 16 + (219 * ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0))) / 765
    }
  const frame = [Buffer.from('FRAME\n'), luma, Buffer.alloc((even * tall) / 2, 128)]
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${even} H${tall} F10:1 Ip A1:1 C420\n`), ...frame, ...frame])
}

test('[R37] an answer that was opened in another tab is taken by the one that invited', async ({
  openPage,
  site,
}) => {
  const alice = await openPage(addressOf(site))
  const bob = await openPage(await invite(alice))
  const answer = await shown(bob, 'answer')
  const another = await alice.context().newPage()
  await another.goto(answer)
  await expect(another.getByTestId('by-hand')).toContainText(
    'Another tab of this browser shows the invitation',
  )
  await connected(alice, bob)
})

test('[R37] Chromium invites Firefox', async ({ openPage, site }, testInfo) => {
  const alice = await openPage(addressOf(site))
  const bob = await openFirefox(await invite(alice), testInfo.outputPath('downloads'))
  try {
    await paste(alice, await bob.answer())
    await connected(alice)
    await bob.waitForPeers(1)
  } finally {
    await bob.close()
  }
})

test('what is no code, or is cut off, is said to be so', async ({ openPage, site }) => {
  const alice = await openPage(addressOf(site))
  const invitation = await invite(alice)
  const alert = alice.getByTestId('hand').getByRole('alert')
  await paste(alice, 'https://example.org/')
  await expect(alert).toContainText('There is no code of Swarmdrop in that')
  await paste(alice, invitation.slice(0, -5))
  await expect(alert).toContainText('missing or was changed')
  await paste(alice, invitation)
  await expect(alert).toContainText('the invitation of this very page')
  expect(await shown(alice, 'invitation')).toBe(invitation)
})
