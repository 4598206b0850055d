import type { ShareView, StripCell } from '../app/view.ts'
import './PieceStrip.css'
import { fractionHere, stripInWords } from './shareStatus.ts'
import { words } from './words/words.ts'

/**
 * Which pieces are here, which are coming, and how rare the rest is. One gradient: it is drawn anew several times a second, and an
 * element for each part cost a busy machine more than the transfer's bookkeeping.
 */
export function PieceStrip({ share }: { share: ShareView }) {
  return (
    <div
      className={share.mine ? 'strip strip-own' : 'strip'}
      role="progressbar"
      aria-label={words.share.progress(share.name)}
      aria-valuenow={Math.floor(fractionHere(share) * 100)}
      aria-valuetext={stripInWords(share)}
    >
      <div style={{ backgroundImage: gradientOf(share.strip) }} />
    </div>
  )
}

/** Neighbours that look alike are one stretch of colour, with a hard edge to the next. */
function gradientOf(strip: readonly StripCell[]): string {
  const place = (at: number): string => `${Number(((100 * at) / Math.max(1, strip.length)).toFixed(2))}%`
  const starts = strip.flatMap((cell, at) => (cell === strip[at - 1] ? [] : [{ cell, at }]))
  const stretches = starts.map(({ cell, at }, index) => {
    const end = starts[index + 1]?.at ?? strip.length
    return `var(--strip-${cell}) ${place(at)} ${place(end)}`
  })
  return stretches.length === 0 ? 'none' : `linear-gradient(90deg, ${stretches.join(', ')})`
}
