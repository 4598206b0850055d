import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import type { OpfsContract } from './testing/opfsContract.ts'
import { pieceStoreContract } from './testing/pieceStoreContract.ts'
import { shareIndexContract } from './testing/shareIndexContract.ts'
import { chromiumPath, serveContract, type ServedContract } from './testing/serveContract.ts'

/** Not a secure context, unlike localhost; resolved to this machine by the browser's own rule. */
const insecureHost = 'insecure.test'

interface PageGlobals {
  opfsContract: OpfsContract
  setQuota: (bytes: number) => Promise<void>
  change: () => Promise<void>
}

/** Run by the browser: they see the page's globals and nothing of this file. */
const inPage = {
  run: (name: string) => (globalThis as unknown as PageGlobals).opfsContract.run(name),
  runIndex: (name: string) => (globalThis as unknown as PageGlobals).opfsContract.runIndex(name),
  open: (as: Parameters<OpfsContract['open']>[0]) =>
    (globalThis as unknown as PageGlobals).opfsContract.open(as),
  seen: (as: Parameters<OpfsContract['seen']>[0]) =>
    (globalThis as unknown as PageGlobals).opfsContract.seen(as),
  refused: () => (globalThis as unknown as PageGlobals).opfsContract.refused(),
  goOn: (as: Parameters<OpfsContract['goOn']>[0]) =>
    (globalThis as unknown as PageGlobals).opfsContract.goOn(as),
  kind: () => (globalThis as unknown as PageGlobals).opfsContract.kind(),
  bugs: () => (globalThis as unknown as PageGlobals).opfsContract.bugs(),
  sweep: () => (globalThis as unknown as PageGlobals).opfsContract.sweep(),
  fill: () => {
    const { opfsContract, setQuota } = globalThis as unknown as PageGlobals
    return opfsContract.fill(setQuota)
  },
  readWhileItChanges: () => {
    const { opfsContract, change } = globalThis as unknown as PageGlobals
    return opfsContract.readWhileItChanges(change)
  },
}

describe.skipIf(chromiumPath === undefined)('store in OPFS, in Chromium', () => {
  let server: ServedContract
  let browser: Browser
  let context: BrowserContext
  let port = 0

  async function openPage(host = 'localhost'): Promise<Page> {
    const opened = await context.newPage()
    await opened.goto(`http://${host}:${port}/contract.html`)
    await opened.waitForFunction(() => 'opfsContract' in globalThis)
    return opened
  }

  /** A browser that keeps nothing of another test. */
  async function renew(): Promise<void> {
    await context.close()
    context = await browser.newContext()
  }

  /** The browser lets go of a closed page's lock and files a little later. */
  async function closed(page: Page, tab: string): Promise<void> {
    const looking = await openPage()
    await page.close()
    const isHeld = async () =>
      looking.evaluate(
        async (name) => (await navigator.locks.query()).held?.some((lock) => lock.name === name),
        `swarmdrop-tab-${tab}`,
      )
    await expect.poll(isHeld, { timeout: 10_000 }).toBe(false)
    await looking.close()
  }

  beforeAll(async () => {
    server = await serveContract({
      entry: 'src/store/testing/opfsContract.ts',
      body: '<input type="file">',
      prebundled: ['idb', 'valibot'],
      allowedHosts: [insecureHost],
    })
    port = server.port
    browser = await chromium.launch({
      ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
      ],
    })
    context = await browser.newContext()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  describe('keeps the contract', () => {
    let contractPage: Page
    beforeAll(async () => {
      contractPage = await openPage()
    })
    for (const { name } of pieceStoreContract) {
      it(name, async () => {
        expect(await contractPage.evaluate(inPage.run, name)).toBeNull()
      })
    }
    for (const { name } of shareIndexContract) {
      it(`the index ${name}`, async () => {
        expect(await contractPage.evaluate(inPage.runIndex, name)).toBeNull()
      })
    }
  })

  describe('that a page has left', () => {
    const now = Date.now()
    const opened = { room: 'room', before: null, openedMs: now }
    beforeEach(renew)
    afterAll(renew)

    it('is taken over by the next of the same room, piece by piece as it proves right', async () => {
      const alice = await openPage()
      const { kind, tab, said, found } = await alice.evaluate(inPage.open, opened)
      expect({ kind, said, found }).toEqual({ kind: 'disk', said: ['pieces are kept on disk'], found: [] })
      expect(tab).toMatch(/^room-[\w-]{22}$/)
      await closed(alice, tab)
      const bob = await openPage()
      const atBob = await bob.evaluate(inPage.goOn, { room: 'room', spoiltAt: null })
      expect(atBob).toMatchObject({ marks: [1, 1, 1], checked: ['kept', 'kept', 'kept'] })
    })

    it('is not believed where the disk has something else', async () => {
      const alice = await openPage()
      const { tab } = await alice.evaluate(inPage.open, opened)
      await closed(alice, tab)
      const bob = await openPage()
      const spoiltAt = limits.pieceSizeMinBytes + 5
      const atBob = await bob.evaluate(inPage.goOn, { room: 'room', spoiltAt })
      expect(atBob).toMatchObject({ marks: [1, 1, 1], checked: ['kept', 'corrupt', 'kept'] })
    })

    it('stays with the page that lives, with its room, and with the tab that is loaded anew', async () => {
      const [alice, bob, other] = [await openPage(), await openPage(), await openPage()]
      const atAlice = await alice.evaluate(inPage.open, { ...opened, openedMs: now - 1 })
      const atBob = await bob.evaluate(inPage.open, opened)
      const atOther = await other.evaluate(inPage.open, { ...opened, room: 'other' })
      expect(new Set([atAlice.tab, atBob.tab, atOther.tab]).size).toBe(3)
      await closed(alice, atAlice.tab)
      await closed(bob, atBob.tab)
      const again = await openPage()
      const before = atAlice.tab
      expect((await again.evaluate(inPage.open, { ...opened, before })).tab).toBe(atAlice.tab)
      const late = await openPage()
      expect((await late.evaluate(inPage.open, opened)).tab).toBe(atBob.tab)
    })

    it('is left alone by a page whose browser gives it no index', async () => {
      const alice = await openPage()
      const { tab } = await alice.evaluate(inPage.open, opened)
      await closed(alice, tab)
      const bob = await openPage()
      expect((await bob.evaluate(inPage.refused)).folders).toContain(tab)
    })

    it('is freed when its room is not known, or was not opened for long', async () => {
      const [alice, bob, carol] = [await openPage(), await openPage(), await openPage()]
      const old = { ...opened, room: 'old', openedMs: now - limits.roomKeptMs - 1000 }
      const recent = { ...opened, room: 'recent', openedMs: now - limits.roomKeptMs + 60_000 }
      const atAlice = await alice.evaluate(inPage.open, old)
      const atBob = await bob.evaluate(inPage.open, recent)
      const atCarol = await carol.evaluate(inPage.open, opened)
      const all = [atAlice.tab, atBob.tab, atCarol.tab].toSorted()
      // While a page lives nothing of it is touched.
      expect(await carol.evaluate(inPage.sweep)).toMatchObject({ folders: all, records: all })
      await closed(alice, atAlice.tab)
      await closed(bob, atBob.tab)
      // While their pages lived the rooms counted as seen.
      for (const { room, openedMs } of [old, recent]) await carol.evaluate(inPage.seen, { room, openedMs })
      const left = [atBob.tab, atCarol.tab].toSorted()
      const swept = { folders: left, records: left, rooms: ['recent', 'room'] }
      expect(await carol.evaluate(inPage.sweep)).toEqual(swept)
    })
  })

  it('keeps a piece gathered when the quota is used up, and writes it once there is room', async () => {
    const filling = await openPage()
    const devtools = await context.newCDPSession(filling)
    const origin = new URL(filling.url()).origin
    await filling.exposeFunction('setQuota', (quotaSize: number) =>
      devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize }),
    )
    const codes = await filling.evaluate(inPage.fill)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin })
    expect(codes).toEqual(['full', 'kept'])
    await filling.close()
  })

  it('notices that an offered file was changed on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'swarmdrop-source-'))
    const path = join(folder, 'file')
    // Longer than what the browser reads ahead for hashing the first piece.
    writeFileSync(path, new Uint8Array(limits.fileRunMaxBytes + 1))
    const offering = await openPage()
    await offering.exposeFunction('change', () => writeFileSync(path, 'other bytes'))
    await offering.setInputFiles('input', path)
    expect(await offering.evaluate(inPage.readWhileItChanges)).toEqual(['read', 'sourceChanged'])
    await offering.close()
    rmSync(folder, { recursive: true })
  })

  it('tells the page of bugs in its worker, with the stack there, and works on', async () => {
    const buggy = await openPage()
    const { bugs, answer } = await buggy.evaluate(inPage.bugs)
    expect(answer).toBe('broken')
    expect(bugs.map(({ message }) => message)).toEqual([
      'Error: Bug: a block lies in its place inside its piece',
      'Error: Bug: a piece is checked when its blocks are in',
    ])
    for (const { stack } of bugs) expect(stack).toContain('gatheredPieces.ts')
    await buggy.close()
  })

  it('gives way to memory on an insecure origin', async () => {
    const insecure = await openPage(insecureHost)
    expect(await insecure.evaluate(() => isSecureContext)).toBe(false)
    const reason = 'no OPFS on this origin'
    const { kind, withoutDisk, said } = await insecure.evaluate(inPage.kind)
    expect({ kind, withoutDisk, said }).toEqual({ kind: 'memory', withoutDisk: reason, said: [{ reason }] })
    await insecure.close()
  })
})
