import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { rootFolder } from './setup.mjs'

interface Manifest {
  readonly start_url: string
  readonly scope: string
  readonly icons: readonly { src: string; sizes: string; type: string; purpose?: string }[]
}

const inPublic = (path: string) => join(rootFolder, 'public', path)
const manifest: Manifest = JSON.parse(await readFile(inPublic('manifest.webmanifest'), 'utf8'))
const drawn = manifest.icons.filter(({ type }) => type === 'image/png')

/** Red, green, blue and alpha at a place given in parts of the width and height. */
function colourAt({ data, width, height }: PNG, across: number, down: number): readonly number[] {
  const at = 4 * (Math.floor(down * (height - 1)) * width + Math.floor(across * (width - 1)))
  return [...data.subarray(at, at + 4)]
}

const corners = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const
const ground = [0x0b, 0x75, 0x68, 255]

test('the page may lie in any folder', () => {
  expect([manifest.start_url, manifest.scope]).toEqual(['./', './'])
  for (const { src } of manifest.icons) expect(src).not.toMatch(/^\/|:/)
})

describe('each icon is what the manifest says', () => {
  test('there are two sizes, each for those who cut it to a shape, too', () => {
    const said = drawn.map(({ sizes, purpose = 'any' }) => `${purpose} ${sizes}`)
    expect(said.toSorted()).toEqual(['any 192x192', 'any 512x512', 'maskable 192x192', 'maskable 512x512'])
  })

  test.each(drawn)('$src', async ({ src, sizes, purpose }) => {
    const picture = PNG.sync.read(await readFile(inPublic(src)))
    expect(`${picture.width}x${picture.height}`).toBe(sizes)
    for (const [across, down] of corners) {
      if (purpose === 'maskable') expect(colourAt(picture, across, down)).toEqual(ground)
      else expect(colourAt(picture, across, down)[3]).toBe(0)
    }
    if (purpose !== 'maskable') return
    // All that is not ground lies in the circle that every shape leaves (W3C App Manifest, "safe zone").
    const outside = Array.from({ length: 720 }, (_, at) => (at * Math.PI) / 360).map((angle) =>
      colourAt(picture, 0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)),
    )
    for (const colour of outside) expect(colour).toEqual(ground)
  })

  test('the one for iPhones has no corner that shines through', async () => {
    const picture = PNG.sync.read(await readFile(inPublic('icons/apple-touch-icon.png')))
    for (const [across, down] of corners) expect(colourAt(picture, across, down)).toEqual(ground)
  })
})
