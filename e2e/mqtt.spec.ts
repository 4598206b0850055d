import { startMosquitto, whyNoMosquitto, type Mosquitto } from '../src/signaling/testing/mosquitto.ts'
import {
  addressOf,
  expect,
  expectSignaling,
  handOver,
  roomLink,
  startPageServer,
  test as base,
  waitForPeers,
} from './room.ts'

const missing = whyNoMosquitto()

interface Site {
  readonly address: string
  readonly mosquitto: Mosquitto
}

const test = base.extend<{ site: Site }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  site: async ({}, use) => {
    const mosquitto = await startMosquitto()
    const signaling = [{ type: 'mqtt', url: mosquitto.url }]
    const pages = await startPageServer({ configOverride: { signaling, iceServers: [] } })
    await use({ address: addressOf(pages), mosquitto })
    await pages.close()
    await mosquitto.close()
  },
})

test.skip(missing !== null, missing ?? '')

test('an MQTT broker introduces people; their room goes on without it, and takes newcomers when it is back', async ({
  openPage,
  site,
}) => {
  const alice = await openPage(site.address)
  const link = await roomLink(alice)
  const bob = await openPage(link)
  await waitForPeers(alice, 1)
  await waitForPeers(bob, 1)
  await handOver(alice, bob, 'introduced by mosquitto.bin')

  await site.mosquitto.kill()
  for (const page of [alice, bob]) await expectSignaling(page, 'offline')
  await handOver(bob, alice, 'without it.bin')
  await waitForPeers(alice, 1)

  await site.mosquitto.start()
  for (const page of [alice, bob]) await expectSignaling(page, 'online')
  const carol = await openPage(link)
  await waitForPeers(carol, 2)
})

test('two who are at an MQTT broker before it begins meet once it does, both at the same door', async ({
  openPage,
  site,
}) => {
  await site.mosquitto.kill()
  const alice = await openPage(site.address)
  const bob = await openPage(await roomLink(alice))
  const notice = alice.getByTestId('notice').filter({ hasText: 'introduction service cannot be reached' })
  await expect(notice).toHaveAttribute('data-level', 'warning')
  await site.mosquitto.start()
  await waitForPeers(alice, 1)
  await waitForPeers(bob, 1)
  await expect(notice).toHaveCount(0)
})
