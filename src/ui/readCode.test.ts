import { afterEach, describe, expect, it, vi } from 'vitest'
import { openReader } from './readCode.ts'

const picture = { width: 1, height: 1 } as ImageBitmap

/** A browser that has a reader of its own, for these kinds of codes. */
function stubDetector(formats: readonly string[], found: readonly { rawValue: string }[]): string[][] {
  const asked: string[][] = []
  class Detector {
    static getSupportedFormats = async (): Promise<readonly string[]> => formats
    constructor(options: { formats: string[] }) {
      asked.push(options.formats)
    }
    detect = async (): Promise<readonly { rawValue: string }[]> => found
  }
  vi.stubGlobal('BarcodeDetector', Detector)
  return asked
}

afterEach(() => vi.unstubAllGlobals())

describe('reading codes', () => {
  it('is the browser’s own where it reads QR codes', async () => {
    const asked = stubDetector(['qr_code', 'ean_13'], [{ rawValue: 'a code' }])
    const read = await openReader()
    expect(asked).toEqual([['qr_code']])
    expect(await read(picture)).toBe('a code')
  })

  it('finds nothing where there is none', async () => {
    stubDetector(['qr_code'], [])
    expect(await (await openReader())(picture)).toBeNull()
  })

  it('is the library’s where the browser’s own reads other codes alone', async () => {
    const asked = stubDetector(['ean_13'], [])
    vi.stubGlobal('document', { createElement: () => ({ getContext: () => null }) })
    const read = await openReader()
    expect(asked).toEqual([])
    expect(await read(picture)).toBeNull()
  })
})
