/**
 * `npm run lan`: twelve computers at one switch whose cable to the outside is out. `npm start` runs on one of them; real browsers on all.
 * Says how long it takes until everyone is linked with everyone and each has a file whole, also once that computer is gone.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { bytesOf, downloadWhole, expect, roomLink, shareNamed } from '../e2e/room.ts'
import { build, buildIsStale, rootFolder } from '../scripts/setup.mjs'
import { openBrowser } from './browsers.ts'
import { LanLab, whyNoLanLab } from './netlab/lanLab.ts'
import { openPage } from './scene.ts'
import { Teardown } from './teardown.ts'

const hostCount = 12
const port = 4173
const patienceMs = 180_000
const fileBytes = 10_000_000

const teardown = new Teardown()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // What is waited for is then gone, so it fails at once.
  process.once(signal, () => void teardown.close().then(() => process.exit(1)))
}

const why = whyNoLanLab()
if (why === null) process.exitCode = (await runAll()) ? 0 : 1
else console.log(`Skipped: ${why}.`)

async function runAll(): Promise<boolean> {
  if (buildIsStale() && !(await build())) return false
  try {
    await run()
    return true
  } catch (error) {
    console.error(error)
    return false
  } finally {
    await teardown.close()
  }
}

async function run(): Promise<void> {
  const lab = LanLab.open(hostCount, teardown)
  console.log(`No way outside: ${lab.wayFrom(1, '8.8.8.8')}`)
  const stopLaptop = await startLaptop(lab)
  const onLaptop = await open(lab, 1, `http://localhost:${port}/`)
  const link = await roomLink(onLaptop)
  expect(link).toContain(`https://${lab.addressOf(1)}:${port}/#`)
  await expect(onLaptop.getByText('Works without the internet')).toBeVisible()

  const since = performance.now()
  const pages = [onLaptop]
  while (pages.length < hostCount) pages.push(await open(lab, pages.length + 1, link))
  await everyoneLinked(pages)
  console.log(
    `All ${hostCount} linked with all, directly: ${seconds(since)} after the second opened the link`,
  )
  await handOver(onLaptop, pages.slice(1), 'by the laptop.bin')

  await stopLaptop()
  await onLaptop.context().close()
  const [, second, ...others] = pages
  if (second) await handOver(second, others, 'without the laptop.bin')
}

/** As people start it; done when it is there. */
async function startLaptop(lab: LanLab): Promise<() => Promise<void>> {
  const [command = '', ...args] = [...lab.commandAt(1), process.execPath, 'scripts/start.mjs']
  const env = { ...process.env, PORT: String(port) }
  const laptop = spawn(command, args, { cwd: rootFolder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async (): Promise<void> => {
    if (laptop.exitCode !== null || laptop.signalCode !== null) return
    const ended = once(laptop, 'exit')
    laptop.kill()
    await ended
  }
  teardown.defer(stop)
  for await (const text of laptop.stdout) if (String(text).includes('Swarmdrop is running')) return stop
  throw new Error('npm start ended before it began')
}

async function open(lab: LanLab, host: number, address: string): Promise<Page> {
  const commandPrefix = lab.commandAt(host)
  const context = await openBrowser(teardown, { commandPrefix, takesAnyCertificate: true })
  return openPage(context, address)
}

async function everyoneLinked(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    const linked = page.locator('[data-testid=peer][data-state=direct]')
    await expect(linked).toHaveCount(pages.length - 1, { timeout: patienceMs })
  }
}

async function handOver(from: Page, to: readonly Page[], name: string): Promise<void> {
  const bytes = randomBytes(fileBytes)
  await from
    .getByTestId('file-input')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes })
  const since = performance.now()
  await Promise.all(
    to.map(async (page) => {
      const share = shareNamed(page, name)
      await expect(share).toHaveCount(1, { timeout: patienceMs })
      const download = await downloadWhole(share, patienceMs)
      if (!(await bytesOf(download)).equals(bytes)) throw new Error('The file is not what was sent')
    }),
  )
  console.log(`${fileBytes / 1_000_000} MB whole with ${to.length} others, "${name}": ${seconds(since)}`)
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
