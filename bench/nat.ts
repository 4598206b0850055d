/**
 * `npm run nat`: the page behind real routers, with a real coturn and real browsers, one row after the other: how long it takes two to be
 * linked, how they are, and whether a file arrives whole. `--rows cone,hidden` runs those alone.
 */
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { buildIsStale, build } from '../scripts/setup.mjs'
import { expectChecked } from '../e2e/connectionCheck.ts'
import { bytesOf, downloadWhole, expect, roomLink, shareNamed } from '../e2e/room.ts'
import { startTurnServer } from '../e2e/turnServer.ts'
import { openBrowser } from './browsers.ts'
import { internetAddress, NatLab, whyNoNatLab } from './netlab/natLab.ts'
import { natRows, type NatRow } from './netlab/natRows.ts'
import { openPage } from './scene.ts'
import { openSite, type SiteAddresses } from './site.ts'
import { Teardown } from './teardown.ts'

const turnPort = 3478
const patienceMs = 90_000
const fileBytes = 2_000_000

const chosen = chosenRows(process.argv.slice(2))
let running = new Teardown()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // What the row waits for is then gone, so it fails at once.
  process.once(signal, () => void running.close().then(() => process.exit(1)))
}

const why = whyNoNatLab()
if (why === null) process.exitCode = (await runRows(chosen)) ? 0 : 1
else console.log(`Skipped, all ${chosen.length} rows: ${why}.`)

function chosenRows(args: readonly string[]): readonly NatRow[] {
  const named = args[args.indexOf('--rows') + 1]?.split(',')
  if (!args.includes('--rows') || named === undefined)
    return natRows.filter(({ isAhead }) => isAhead !== true)
  return natRows.filter(({ name }) => named.includes(name))
}

async function runRows(rows: readonly NatRow[]): Promise<boolean> {
  if (buildIsStale() && !(await build())) return false
  let areAllRight = true
  console.log('row         expected   came to    after    file     what')
  for (const row of rows) {
    running = new Teardown()
    const outcome = await runRow(row, running).catch((error: unknown) =>
      String(error).replaceAll(/\s+/g, ' ').slice(0, 200),
    )
    await running.close()
    areAllRight &&= typeof outcome !== 'string'
    console.log(lineOf(row, outcome))
  }
  return areAllRight
}

interface Outcome {
  readonly state: NatRow['outcome']
  readonly seconds: number
  /** Null where none was to be sent. */
  readonly fileSeconds: number | null
}

function lineOf(row: NatRow, outcome: Outcome | string): string {
  const expected = [row.name.padEnd(11), row.outcome.padEnd(10)]
  if (typeof outcome === 'string') return [...expected, `FAILED: ${outcome}`].join(' ')
  const { state, seconds, fileSeconds } = outcome
  const file = fileSeconds === null ? '–' : `${fileSeconds.toFixed(1)} s`
  return [...expected, state.padEnd(10), `${seconds.toFixed(1)} s`.padEnd(8), file.padEnd(8), row.what].join(
    ' ',
  )
}

/** Throws where it comes to anything else than the row says. */
async function runRow(row: NatRow, teardown: Teardown): Promise<Outcome> {
  const lab = NatLab.open(row.nat, teardown)
  const site = await openSiteOf(row, lab, teardown)
  const pages: Page[] = []
  let address = site.app
  let openedAtMs = 0
  for (const place of row.places) {
    const secureOrigins = [new URL(site.app).origin]
    const context = await openBrowser(teardown, { commandPrefix: lab.commandAt(place), secureOrigins })
    openedAtMs = performance.now()
    const page = await openPage(context, address)
    address = await roomLink(page)
    pages.push(page)
  }
  const [from, to] = pages.slice(-2)
  if (from === undefined || to === undefined) throw new Error('A room is two')
  const seconds = (): number => (performance.now() - openedAtMs) / 1000
  if (row.outcome === 'told') {
    for (const page of [from, to]) await toldWhy(page)
    const toldAfter = seconds()
    await check(row, to)
    return { state: 'told', seconds: toldAfter, fileSeconds: null }
  }
  if (row.outcome !== 'through') {
    for (const page of [from, to]) await linked(page, row.outcome)
  }
  const linkedAfter = seconds()
  await check(row, to)
  const fileSeconds = await sendWhole(from, to)
  if (row.places[0] === 'street1' && row.places[1] === 'street2') sawAddresses(row, lab.packetsSideBySide())
  return { state: row.outcome, seconds: linkedAfter, fileSeconds }
}

/** Who hides neither gets a packet from the other nor sends one: nothing goes past the TURN server. */
function sawAddresses({ outcome }: NatRow, packets: number): void {
  if (packets > 0 !== (outcome === 'direct')) throw new Error(`${packets} packets went straight`)
}

async function check({ finds }: NatRow, page: Page): Promise<void> {
  if (finds === undefined) return
  await page.getByTestId('open-check').click()
  await expectChecked(page, finds)
  await page.keyboard.press('Escape')
}

/** Page, broker, STUN and TURN server, all on the internet. */
async function openSiteOf(row: NatRow, lab: NatLab, teardown: Teardown): Promise<SiteAddresses> {
  const commandPrefix = lab.commandAt('internet')
  const secret = randomBytes(16).toString('hex')
  const turn = await startTurnServer({ host: internetAddress, port: turnPort, secret, commandPrefix })
  teardown.defer(() => turn.close())
  const at = `${internetAddress}:${turnPort}`
  const iceServers = row.servers === 'stun' ? [{ urls: `stun:${at}` }] : []
  const lent = row.servers === 'turn' ? { iceServersUrl: 'turn-credentials' } : {}
  return openSite(
    teardown,
    {
      host: internetAddress,
      uploadLimitKBps: 0,
      withTracker: false,
      ways: { iceServers, ...lent, relayOnly: row.relayOnly },
      turn: { secret, urls: [`turn:${at}?transport=udp`, `turn:${at}?transport=tcp`] },
    },
    commandPrefix,
  )
}

async function linked(page: Page, state: 'direct' | 'relayed'): Promise<void> {
  await expect(page.getByTestId('peer')).toHaveAttribute('data-state', state, { timeout: patienceMs })
}

/** The page says that networks are in the way, and what helps. */
async function toldWhy(page: Page): Promise<void> {
  const notice = page.getByTestId('notice').filter({ hasText: 'no direct connection through' })
  await expect(notice).toContainText('adds a relay server', { timeout: patienceMs })
}

async function sendWhole(from: Page, to: Page): Promise<number> {
  const bytes = randomBytes(fileBytes)
  await from
    .getByTestId('file-input')
    .setInputFiles({ name: 'nat.bin', mimeType: 'application/octet-stream', buffer: bytes })
  const share = shareNamed(to, 'nat.bin')
  await expect(share).toHaveCount(1, { timeout: patienceMs })
  const startedAtMs = performance.now()
  const download = await downloadWhole(share, patienceMs)
  const seconds = (performance.now() - startedAtMs) / 1000
  if (!(await bytesOf(download)).equals(bytes)) throw new Error('The file is not what was sent')
  return seconds
}
