import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ok } from '../../shared/result.ts'
import { cleanName } from './fileNames.ts'
import type { Saveable } from './saveable.ts'
import { saveShare } from './saving.ts'

/** What was handed to the browser: blobs, and the names to save them under. */
const handed: { blob: Blob; name: string }[] = []

beforeEach(() => {
  vi.useFakeTimers()
  handed.length = 0
  const blobs = new Map<string, Blob>()
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const address = `blob:${blobs.size}`
    if (blob instanceof Blob) blobs.set(address, blob)
    return address
  })
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('document', {
    createElement: () => ({
      href: '',
      download: '',
      click() {
        handed.push({ blob: blobs.get(this.href) ?? new Blob(), name: this.download })
      },
    }),
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const nothing = (): void => undefined
const hostile = '<script>alert(1)</script>'

function shareOf(kind: Saveable['kind'], name: string, type: string): Saveable {
  const file = new File([hostile], name, { type })
  return {
    name,
    kind,
    entries: [{ path: cleanName(name), sizeBytes: file.size, modifiedMs: 0 }],
    blob: async () => ok(file),
  }
}

describe('what is handed to the browser', () => {
  it.each([
    ['page.html', 'text/html'],
    ['image.svg', 'image/svg+xml'],
    ['letter.pdf', 'application/pdf'],
    ['no type', ''],
  ])('is bytes of no type that could be shown: %s', async (name, type) => {
    expect(await saveShare(shareOf('file', name, type), nothing)).toEqual(ok(undefined))
    expect(handed.map(({ blob, name: as }) => [blob.type, as])).toEqual([['application/octet-stream', name]])
    expect(await handed[0]?.blob.text()).toBe(hostile)
  })

  it('is a zip for a folder, also without a service worker', async () => {
    expect(await saveShare(shareOf('folder', 'web', 'text/html'), nothing)).toEqual(ok(undefined))
    expect(handed.map(({ blob, name }) => [blob.type, name])).toEqual([['application/zip', 'web.zip']])
  })
})
