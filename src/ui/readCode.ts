import { loadDecoder } from './qrLibrary.ts'

/** Reads the QR code in what a camera sees, or in a picture; null where there is none. */
export type ReadCode = (seen: HTMLVideoElement | ImageBitmap) => Promise<string | null>

/** What browsers on Android, ChromeOS and macOS have of their own (Shape Detection API). */
interface BarcodeDetector {
  detect(seen: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>
}

interface BarcodeDetectors {
  new (options: { formats: readonly string[] }): BarcodeDetector
  getSupportedFormats(): Promise<readonly string[]>
}

/** Larger pictures take a slow phone too long; the smallest module of a code that is held before it is still some pixels. */
const readSizeMaxPixels = 1200

/** The browser's own reader where it has one that reads QR codes, else the library's. */
export async function openReader(): Promise<ReadCode> {
  return (await ownReader()) ?? libraryReader()
}

async function ownReader(): Promise<ReadCode | null> {
  const { BarcodeDetector: Detector } = globalThis as { readonly BarcodeDetector?: BarcodeDetectors }
  if (!Detector) return null
  const formats = await Detector.getSupportedFormats().catch((): readonly string[] => [])
  if (!formats.includes('qr_code')) return null
  const detector = new Detector({ formats: ['qr_code'] })
  return async (seen) => (await detector.detect(seen))[0]?.rawValue ?? null
}

async function libraryReader(): Promise<ReadCode> {
  const decode = await loadDecoder()
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return async (seen) => {
    const [width, height] = sizeOf(seen)
    const scale = Math.min(1, readSizeMaxPixels / Math.max(width, height, 1))
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    if (context === null || canvas.width === 0 || canvas.height === 0) return null
    context.drawImage(seen, 0, 0, canvas.width, canvas.height)
    return decode(context.getImageData(0, 0, canvas.width, canvas.height))
  }
}

const sizeOf = (seen: HTMLVideoElement | ImageBitmap): [number, number] =>
  'videoWidth' in seen ? [seen.videoWidth, seen.videoHeight] : [seen.width, seen.height]
