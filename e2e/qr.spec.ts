import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { expect, roomLink, test } from './room.ts'

// The package is CommonJS with a `default` of its own, which Node leaves where it is.
const decode = 'default' in jsqr ? (jsqr.default as typeof jsqr) : jsqr

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the QR code on the screen is the room link (${colorScheme})`, async ({ openPage }) => {
    const alice = await openPage(undefined, { colorScheme })
    const link = await roomLink(alice)
    const { data, width, height } = PNG.sync.read(await alice.getByTestId('room-qr').screenshot())
    expect(decode(new Uint8ClampedArray(data), width, height)?.data).toBe(link)
  })
}
