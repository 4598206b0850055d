import encodeQr from 'qr'

/** Readers want four light modules around the code (ISO/IEC 18004). */
const quietZoneModules = 4

/** `low`: for a long text, which fewer and larger modules make easier to read than more that mend each other. */
export type ErrorCorrection = 'medium' | 'low'

/** The rows of a code for the text, with the light border that readers want: true is dark. */
export const qrRows = (text: string, ecc: ErrorCorrection): readonly (readonly boolean[])[] =>
  encodeQr(text, 'raw', { ecc, border: quietZoneModules })

/** Reads a code in a picture; null where it sees none. */
export type Decode = (picture: ImageData) => string | null

/** Loaded when somebody scans. */
export async function loadDecoder(): Promise<Decode> {
  const { default: decodeQr } = await import('qr/decode.js')
  return (picture) => {
    try {
      return decodeQr(picture)
    } catch {
      // It throws where it sees none.
      return null
    }
  }
}
