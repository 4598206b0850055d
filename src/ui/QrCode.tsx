import { memo } from 'react'
import './QrCode.css'
import { qrRows, type ErrorCorrection } from './qrLibrary.ts'

/** What the largest code holds at level M (ISO/IEC 18004, version 40-M). */
const textLengthMax = 2331

interface Props {
  readonly text: string
  readonly label: string
  readonly testId: string
  readonly ecc?: ErrorCorrection
}

/** A QR code, dark on white in every theme, as phones scan it best. Nothing for a text that no code can hold. */
export const QrCode = memo(function QrCode({ text, label, testId, ecc = 'medium' }: Props) {
  if (text.length > textLengthMax) return null
  const rows = qrRows(text, ecc)
  const size = rows.length
  return (
    <svg className="qr" data-testid={testId} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={darkModules(rows)} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
})

/** One rectangle for each run of dark modules in a row. */
function darkModules(rows: readonly (readonly boolean[])[]): string {
  let path = ''
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const start = x
      while (row[x]) x++
      if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`
    }
  })
  return path
}
