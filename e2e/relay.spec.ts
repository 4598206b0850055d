import type { Page } from '@playwright/test'
import type { Server } from '../scripts/server.ts'
import { expectChecked, lineOf } from './connectionCheck.ts'
import { sampleBytes } from './files.ts'
import { openFirefox } from './firefoxTab.ts'
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
import { startTurnServer, whyNoTurnServer, type TurnServer } from './turnServer.ts'

const missing = whyNoTurnServer()
const secret = 'known to both servers'

interface Site {
  readonly address: string
  readonly turn: TurnServer
  close(): Promise<void>
}

/** A page whose TURN server is a real one that knows nobody: its credentials are made by the page's server. */
async function openSite(config: object, knownSecret = secret): Promise<Site> {
  const turn = await startTurnServer({ host: '127.0.0.1', secret })
  const broker = await startPageServer()
  const signaling = [{ type: 'peerjs', host: 'localhost', port: broker.port, path: '/peerjs', secure: false }]
  const pages: Server = await startPageServer({
    configOverride: { signaling, iceServers: [], iceServersUrl: 'turn-credentials', ...config },
    turn: { secret: knownSecret, urls: [`turn:${turn.host}:${turn.port}`] },
  })
  const close = async (): Promise<void> => {
    for (const server of [pages, broker, turn]) await server.close()
  }
  return { address: addressOf(pages), turn, close }
}

const test = base.extend<{ openSite: typeof openSite }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  openSite: async ({}, use) => {
    const sites: Site[] = []
    await use(async (...given) => {
      const site = await openSite(...given)
      sites.push(site)
      return site
    })
    for (const site of sites) await site.close()
  },
})

interface HeardGlobal {
  heard: string[]
}

/** Keeps all that the others signal, as the browser is given it: what the first connection of a link and its lanes are told. */
async function hear(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    const { prototype } = RTCPeerConnection
    for (const name of ['addIceCandidate', 'setRemoteDescription'] as const) {
      const original = prototype[name] as (...given: unknown[]) => Promise<void>
      Object.assign(prototype, {
        [name](this: RTCPeerConnection, ...given: unknown[]) {
          heard.push(JSON.stringify(given))
          return original.apply(this, given)
        },
      })
    }
  })
  await page.reload()
}

const heardBy = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as HeardGlobal).heard)

const candidatesIn = (heard: readonly string[]): string[] =>
  heard.flatMap((text) => [...text.matchAll(/candidate:[^"\\]+/g)].map(([candidate]) => candidate))

/** All that the others have told this page are places at the TURN server. */
async function expectRelayedOnly(page: Page): Promise<void> {
  const candidates = candidatesIn(await heardBy(page))
  expect(candidates.length).toBeGreaterThan(0)
  for (const candidate of candidates) expect(candidate).toMatch(/ typ relay raddr 0\.0\.0\.0 rport 0\b/)
}

/** From its next connection on. */
async function hide(page: Page): Promise<void> {
  await page.getByTestId('open-check').click()
  await page.getByTestId('hide-address').check()
}

test.describe('through a real TURN server', () => {
  test.skip(missing !== null, missing ?? '')

  test('[L13] two who hide their addresses meet there with lent credentials, tell nothing else, and the file is whole', async ({
    openPage,
    openSite: open,
  }) => {
    const { address } = await open({ relayOnly: true })
    const alice = await openPage(address)
    await hear(alice)
    const bob = await openPage(await roomLink(alice))
    await hear(bob)
    for (const page of [alice, bob]) {
      await waitForPeers(page, 1)
      await expect(page.getByTestId('peer')).toHaveAttribute('data-state', 'relayed')
    }
    const file = { name: 'by relay.bin', bytes: sampleBytes(2_000_000) }
    await offerFiles(alice, file)
    const download = await downloadWhole(shareNamed(bob, file.name))
    expect((await bytesOf(download)).equals(file.bytes)).toBe(true)
    for (const page of [alice, bob]) await expectRelayedOnly(page)
    await bob.getByTestId('open-member').click()
    await expect(bob.getByTestId('member-path')).toContainText('through a relay server')
  })

  test('[L13] Firefox hides its address as well, and hands a file over', async ({
    openPage,
    openSite: open,
  }, testInfo) => {
    const { address } = await open({ relayOnly: true })
    const alice = await openPage(address)
    await hear(alice)
    const firefox = await openFirefox(await roomLink(alice), testInfo.outputPath('downloads'))
    try {
      await waitForPeers(alice, 1)
      await expect(alice.getByTestId('peer')).toHaveAttribute('data-state', 'relayed')
      await expectRelayedOnly(alice)
      const file = { name: 'to Firefox.bin', bytes: sampleBytes(500_000) }
      await offerFiles(alice, file)
      await firefox.download(file.name)
      await firefox.waitForState(file.name, 'complete')
    } finally {
      await firefox.close()
    }
  })

  test('where nobody hides, the same two are linked directly', async ({ openPage, openSite: open }) => {
    const { address } = await open({})
    const alice = await openPage(address)
    const bob = await openPage(await roomLink(alice))
    for (const page of [alice, bob]) {
      await waitForPeers(page, 1)
      await expect(page.getByTestId('peer')).toHaveAttribute('data-state', 'direct')
    }
    await bob.getByTestId('open-member').click()
    await expect(bob.getByTestId('member-path')).toContainText('directly')
  })

  test('one who hides hides from one who does not, and stays hidden when the page is opened again', async ({
    openPage,
    openSite: open,
  }) => {
    const { address } = await open({})
    const alice = await openPage(address)
    await hide(alice)
    await alice.reload()
    const bob = await openPage(await roomLink(alice))
    await hear(bob)
    await waitForPeers(bob, 1)
    await expect(bob.getByTestId('peer')).toHaveAttribute('data-state', 'relayed')
    await expectRelayedOnly(bob)
    await alice.getByTestId('open-check').click()
    await expect(alice.getByTestId('hide-address')).toBeChecked()
  })

  test('a relay is known for one, though the other side hears from it before its address is signaled', async ({
    openPage,
    openSite: open,
  }) => {
    const { address } = await open({})
    const alice = await openPage(address)
    await hide(alice)
    await alice.addInitScript(signalCandidatesLate)
    await alice.reload()
    const bob = await openPage(await roomLink(alice))
    await waitForPeers(bob, 1)
    await expect(bob.getByTestId('peer')).toHaveAttribute('data-state', 'relayed')
  })

  test('the check finds that the TURN server works', async ({ openPage, openSite: open }) => {
    const { address } = await open({})
    const page = await openPage(address)
    await page.getByTestId('open-check').click()
    await expectChecked(page, { turn: 'good', udp: 'good', stun: 'good' })
    await expect(lineOf(page, 'turn')).toContainText('It carried a message there and back')
  })

  test('the check finds that the TURN server refuses us', async ({ openPage, openSite: open }) => {
    const { address } = await open({}, 'another secret')
    const page = await openPage(address)
    await page.getByTestId('open-check').click()
    await expectChecked(page, { turn: 'bad' })
    await expect(lineOf(page, 'turn')).toContainText('did not take the password')
  })
})

/** The page hears of its own candidates, and so signals them, when its browser has long used them. */
function signalCandidatesLate(): void {
  const lateMs = 3000
  Object.defineProperty(RTCPeerConnection.prototype, 'onicecandidate', {
    set(this: RTCPeerConnection, take: (event: RTCPeerConnectionIceEvent) => void) {
      this.addEventListener('icecandidate', (event) => void setTimeout(() => take(event), lateMs))
    },
  })
}
