import type { Page, WebSocket } from '@playwright/test'
import { addressOf, expect, roomLink, test, waitForPeers } from './room.ts'

type Unseen = 'hidden' | 'prerendering'

/** Has the page believe, from its first line on, that nobody can see it. */
function pretendUnseen(how: Unseen): void {
  if (how === 'hidden') {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
  } else {
    Object.defineProperty(document, 'prerendering', { configurable: true, get: () => true })
  }
}

async function letBeSeen(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.deleteProperty(document, 'visibilityState')
    Reflect.deleteProperty(document, 'prerendering')
    for (const type of ['visibilitychange', 'prerenderingchange']) document.dispatchEvent(new Event(type))
  })
}

for (const how of ['hidden', 'prerendering'] as const) {
  test(`a page that is ${how} joins nothing until somebody can see it`, async ({
    browser,
    openPage,
    server,
  }) => {
    const alice = await openPage()
    const context = await browser.newContext()
    await context.addInitScript(pretendUnseen, how)
    const bob = await context.newPage()
    const sockets: WebSocket[] = []
    const calls: string[] = []
    bob.on('websocket', (socket) => sockets.push(socket))
    bob.on('request', (request) => calls.push(new URL(request.url()).pathname))
    await bob.goto(await roomLink(alice))
    // Its own screen is there all the same, and everything it is made of is loaded.
    expect(await roomLink(bob)).toBe(await roomLink(alice))
    await bob.waitForLoadState('networkidle')
    expect(sockets).toHaveLength(0)
    expect(calls.filter((path) => path.startsWith('/peerjs'))).toEqual([])
    await expect(alice.getByTestId('peer')).toHaveCount(0)

    await letBeSeen(bob)
    await waitForPeers(bob, 1)
    await waitForPeers(alice, 1)
    // One for itself and one for each door it holds.
    const hosts = new Set(sockets.map((socket) => new URL(socket.url()).host))
    expect([...hosts]).toEqual([new URL(addressOf(server)).host])
    await context.close()
  })
}
