import type { ShareView, StripCell } from '../app/view.ts'
import './PieceStrip.css'
import { fractionHere, stripInWords } from './shareStatus.ts'
import { words } from './words/words.ts'

interface Run {
  readonly cell: StripCell
  readonly start: number
  readonly length: number
}

/** Which pieces are here, which are coming, and how rare the rest is: neighbours that look alike are drawn as one. */
export function PieceStrip({ share }: { share: ShareView }) {
  return (
    <div
      className={share.mine ? 'strip strip-own' : 'strip'}
      role="progressbar"
      aria-label={words.share.progress(share.name)}
      aria-valuenow={Math.floor(fractionHere(share) * 100)}
      aria-valuetext={stripInWords(share)}
    >
      <svg viewBox={`0 0 ${Math.max(1, share.strip.length)} 1`} preserveAspectRatio="none" aria-hidden="true">
        {runsOf(share.strip).map(({ cell, start, length }) => (
          <rect key={start} className={`cell-${cell}`} x={start} width={length} height="1" />
        ))}
      </svg>
    </div>
  )
}

function runsOf(strip: readonly StripCell[]): readonly Run[] {
  const starts = strip.flatMap((cell, at) => (cell === strip[at - 1] ? [] : [{ cell, start: at }]))
  return starts.map(({ cell, start }, at) => ({
    cell,
    start,
    length: (starts[at + 1]?.start ?? strip.length) - start,
  }))
}
