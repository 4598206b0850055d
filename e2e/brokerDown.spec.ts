import { openBrokerApart, type BrokerApart } from './brokerApart.ts'
import { sampleBytes } from './files.ts'
import {
  bytesOf,
  downloadWhole,
  expect,
  expectSignaling,
  offerFiles,
  roomLink,
  shareNamed,
  test as base,
  waitForPeers,
} from './room.ts'

const test = base.extend<{ broker: BrokerApart }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  broker: async ({}, use) => {
    const broker = await openBrokerApart()
    await use(broker)
    await broker.close()
  },
})

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
