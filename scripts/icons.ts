/** `npx tsx scripts/icons.ts`: draws the icons of an installed page from public/icon.svg, when that has changed. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { findBrowser, isRoot } from './browser.mjs'
import { rootFolder } from './setup.mjs'

const publicFolder = join(rootFolder, 'public')
const folder = join(publicFolder, 'icons')
const svg = await readFile(join(publicFolder, 'icon.svg'), 'utf8')
/** Systems cut these to a shape of their own: the ground fills the square, and the mark stays within the middle circle of 80 %. */
const square = svg.replace(/ rx="\d+"/, '').replace('<g ', '<g transform="translate(1.6 1.6) scale(.9)" ')

const executablePath = await findBrowser('chromium')
if (executablePath === null) throw new Error('No Chromium found: install one or set CHROMIUM_PATH.')
const browser = await chromium.launch({ executablePath, args: isRoot() ? ['--no-sandbox'] : [] })
const page = await browser.newPage()
await mkdir(folder, { recursive: true })
for (const sizePx of [192, 512]) {
  await draw(page, svg, sizePx, `icon-${sizePx}.png`)
  await draw(page, square, sizePx, `maskable-${sizePx}.png`)
}
await draw(page, square, 180, 'apple-touch-icon.png')
await browser.close()

async function draw(on: Page, picture: string, sizePx: number, file: string): Promise<void> {
  await on.setViewportSize({ width: sizePx, height: sizePx })
  await on.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${picture}`)
  await on.screenshot({ path: join(folder, file), omitBackground: true })
}
