import type { Page } from '@playwright/test'
import type { Server } from '../scripts/server.ts'
import { sampleBytes } from './files.ts'
import {
  addressOf,
  bytesOf,
  downloadWhole,
  expect,
  offerFiles,
  roomLink,
  shareNamed,
  startPageServer,
  test as base,
  waitForPeers,
} from './room.ts'

/** A broker apart from the page's server, so that it can go away and come back while the page stays reachable. */
interface Broker {
  readonly pageAddress: string
  start(): Promise<void>
  stop(): Promise<void>
}

const test = base.extend<{ broker: Broker }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  broker: async ({}, use) => {
    let running: Server | null = await startPageServer()
    const { port } = running
    const signaling = [{ type: 'peerjs', host: 'localhost', port, path: '/peerjs', secure: false }]
    const pages = await startPageServer({ configOverride: { signaling, iceServers: [] } })
    await use({
      pageAddress: addressOf(pages),
      start: async () => {
        running ??= await startPageServer({ port })
      },
      stop: async () => {
        await running?.close()
        running = null
      },
    })
    await running?.close()
    await pages.close()
  },
})

/** The longest pause between two tries, and some. */
const backSoonMs = 60_000

test('a broker that is down at first is said to be, and used once it is back', async ({
  openPage,
  broker,
}) => {
  await broker.stop()
  const alice = await openPage(broker.pageAddress)
  const bob = await openPage(await roomLink(alice))
  await expectSignaling(alice, 'offline')
  const notice = alice.getByTestId('notice').filter({ hasText: 'introduction service cannot be reached' })
  await expect(notice).toHaveAttribute('data-level', 'warning')
  await broker.start()
  await expectSignaling(alice, 'online')
  await expectSignaling(bob, 'online')
  await expect(notice).toHaveCount(0)
  await waitForPeers(alice, 1)
  await waitForPeers(bob, 1)
})

test('the room goes on without its broker, and takes newcomers when it is back', async ({
  openPage,
  broker,
}) => {
  const alice = await openPage(broker.pageAddress)
  const link = await roomLink(alice)
  const bob = await openPage(link)
  await waitForPeers(alice, 1)
  await broker.stop()
  await expectSignaling(alice, 'offline')
  const file = { name: 'no broker needed.bin', bytes: sampleBytes(300_000) }
  await offerFiles(alice, file)
  const download = await downloadWhole(shareNamed(bob, file.name))
  expect((await bytesOf(download)).equals(file.bytes)).toBe(true)

  await broker.start()
  await expectSignaling(alice, 'online')
  const carol = await openPage(link)
  await waitForPeers(carol, 2)
})

async function expectSignaling(page: Page, state: 'online' | 'offline'): Promise<void> {
  const signaling = page.getByTestId('signaling')
  await expect(signaling).toHaveAttribute('data-state', state, { timeout: backSoonMs })
}
