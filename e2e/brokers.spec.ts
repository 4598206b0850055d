import type { Page } from '@playwright/test'
import { forgetfulBroker, refusingBroker, slowBroker } from './brokerStandIn.ts'
import { expectChecked, lineOf } from './connectionCheck.ts'
import { secondsUntil } from './processes.ts'
import { addressOf, expect, expectSignaling, roomLink, startPageServer, test, waitForPeers } from './room.ts'

const brokerAt = (port: number) => ({
  type: 'peerjs',
  host: 'localhost',
  port,
  path: '/peerjs',
  secure: false,
})

/** A server of pages that are told to use the brokers on these ports. */
const pagesWith = (...ports: readonly number[]) =>
  startPageServer({ configOverride: { signaling: ports.map(brokerAt), iceServers: [] } })

const warningOf = (page: Page, text: string) => page.getByTestId('notice').filter({ hasText: text })

test(
  '[R29] a broker that is full, or refuses us, is said to be, and is asked less and less often',
  { tag: '@slow' },
  async ({ openPage }) => {
    for (const [msg, said] of [
      ['Server has reached its concurrent user limit', 'introduction service is full'],
      ['Invalid key provided', 'does not accept this page'],
    ] as const) {
      const broker = await refusingBroker({ type: 'ERROR', payload: { msg } })
      const pages = await pagesWith(broker.port)
      const alice = await openPage(addressOf(pages))
      await expect(warningOf(alice, said)).toHaveAttribute('data-level', 'warning')
      await expect(alice.getByTestId('signaling')).toHaveAttribute('data-state', 'offline')
      await alice.waitForTimeout(15_000)
      await expect(warningOf(alice, said)).toHaveCount(1)
      console.log(`    dialed ${broker.dials()} times in 15 s`)
      await pages.close()
      await broker.close()
    }
  },
)

test('[R29] of two brokers the page says what is wrong with which, and the check shows which one takes us in', async ({
  openPage,
  server,
}) => {
  const full = await refusingBroker({
    type: 'ERROR',
    payload: { msg: 'Server has reached its concurrent user limit' },
  })
  const gone = await startPageServer()
  await gone.close()
  const none = await pagesWith(full.port, gone.port)
  const alice = await openPage(addressOf(none))
  const notice = warningOf(alice, 'None of the 2 introduction services takes us in')
  await expect(notice).toContainText(new RegExp(`localhost:${full.port}\\W* is full`))
  await expect(notice).toContainText(new RegExp(`localhost:${gone.port}\\W* cannot be reached`))

  const one = await pagesWith(full.port, server.port)
  const bob = await openPage(addressOf(one))
  await expectSignaling(bob, 'online')
  await bob.getByTestId('open-check').click()
  await expectChecked(bob, { broker: 'bad', 'broker-2': 'good' })
  await expect(lineOf(bob, 'broker')).toContainText(`localhost:${full.port}`)
  await expect(lineOf(bob, 'broker')).toContainText('It is full')
  await expect(bob.getByTestId('notice')).toHaveCount(0)
  for (const each of [none, one, full]) await each.close()
})

test(
  '[R1] a broker that answers each word seconds late brings people together all the same',
  { tag: '@slow' },
  async ({ openPage, server }) => {
    const broker = await slowBroker(server.port, 1500)
    const pages = await pagesWith(broker.port)
    const alice = await openPage(addressOf(pages))
    const bob = await openPage(await roomLink(alice))
    console.log(`    met after ${await secondsUntil(waitForPeers(bob, 1))} s`)
    await waitForPeers(alice, 1)
    await expect(alice.getByTestId('peer')).toHaveCount(1)
    await pages.close()
    await broker.close()
  },
)

test('[R36] a broker that keeps us and carries nothing is left, and said to be so, until it carries again', async ({
  openPage,
  server,
}) => {
  const broker = await forgetfulBroker(server.port)
  const pages = await pagesWith(broker.port)
  const alice = await openPage(addressOf(pages))
  await expect(alice.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  await expect(warningOf(alice, 'passes nothing on')).toHaveCount(1, { timeout: 60_000 })
  const bob = await openPage(await roomLink(alice))
  await expect(bob.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  await expect(bob.getByTestId('peer')).toHaveCount(0)
  broker.carryAll()
  await waitForPeers(bob, 1)
  await expect(warningOf(alice, 'passes nothing on')).toHaveCount(0)
  await pages.close()
  await broker.close()
})

test('[R1] of two brokers one is enough: when the first dies, newcomers come by the second', async ({
  openPage,
  server,
}) => {
  const first = await startPageServer()
  const pages = await pagesWith(first.port, server.port)
  const alice = await openPage(addressOf(pages))
  await expect(alice.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  await first.close()
  const bob = await openPage(await roomLink(alice))
  await waitForPeers(bob, 1)
  await expect(alice.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  await pages.close()
})

test('[R30] two groups that formed while their broker was down are one room once it is back', async ({
  openPage,
}) => {
  test.setTimeout(180_000)
  const shared = await startPageServer()
  const own = await Promise.all([startPageServer(), startPageServer()])
  await shared.close()
  const sites = await Promise.all(own.map(({ port }) => pagesWith(port, shared.port)))
  const [first, second] = sites
  if (!first || !second) throw new Error('two sites')
  const alice = await openPage(addressOf(first))
  const { hash } = new URL(await roomLink(alice))
  const bob = await openPage(addressOf(first) + hash)
  const carol = await openPage(addressOf(second) + hash)
  const dave = await openPage(addressOf(second) + hash)
  const all = [alice, bob, carol, dave]
  for (const page of all) await waitForPeers(page, 1)

  const back = await startPageServer({ port: shared.port })
  const whole = Promise.all(all.map((page) => waitForPeers(page, 3)))
  console.log(`    one room after ${await secondsUntil(whole)} s`)
  for (const page of all) await expect(page.getByTestId('peer')).toHaveCount(3)
  for (const server of [...sites, ...own, back]) await server.close()
})
