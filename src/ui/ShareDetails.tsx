import { useEffect } from 'react'
import type { HolderView, ShareView, StripCell } from '../app/view.ts'
import type { ShareId } from '../shared/ids.ts'
import './ShareDetails.css'
import { Phrases } from './Phrases.tsx'
import { PieceStrip } from './PieceStrip.tsx'
import { useSession } from './SessionContext.tsx'
import { isUnderWay, piecesHere } from './shareStatus.ts'
import { cleanName } from './words/names.ts'
import { words } from './words/words.ts'

const legendOrder: readonly StripCell[] = ['here', 'partly', 'coming', 'common', 'rare', 'nowhere']

/** What unfolds under a share: its pieces, who has them, by which road they come. */
export function ShareDetails({ share }: { share: ShareView }) {
  const session = useSession()
  useUnfolded(share.share)
  return (
    <div className="share-details">
      {!isUnderWay(share) && share.strip.length > 0 && <PieceStrip share={share} />}
      {!share.mine && <Legend strip={share.strip} />}
      <dl>
        {!share.mine && (
          <Fact term={words.share.received} text={words.share.receivedOf(share.haveBytes, share.sizeBytes)} />
        )}
        <Fact
          term={words.share.pieces}
          text={words.share.piecesChecked(piecesHere(share), share.pieceCount, share.pieceSizeBytes)}
        />
        {share.origin && <Fact term={words.share.originTerm} text={words.share.origin(share.origin)} />}
        <Fact term={words.share.copiesTerm} text={words.share.copies(share)} />
      </dl>
      <h4>{words.share.holders}</h4>
      {share.holders.length === 0 ? (
        <p className="soft">{words.share.noHolders}</p>
      ) : (
        <ul className="holders">
          {share.holders.map((holder) => (
            <Holder key={holder.peer} holder={holder} />
          ))}
        </ul>
      )}
      {session.canSaveAs && share.state === 'complete' && !share.mine && (
        <button
          type="button"
          className="button"
          aria-label={words.share.actionOn(words.share.actions.saveAs, share.name)}
          disabled={share.savingBytes !== null}
          onClick={() => session.saveAs(share.share)}
        >
          {words.share.actions.saveAs}
        </button>
      )}
    </div>
  )
}

/** Tells the session that this share is looked at, for as long as it is. */
function useUnfolded(share: ShareId): void {
  const session = useSession()
  useEffect(() => {
    session.unfold(share, true)
    return () => session.unfold(share, false)
  }, [session, share])
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  )
}

/** Explains only the colours that are to be seen now. */
function Legend({ strip }: { strip: readonly StripCell[] }) {
  return (
    <ul className="legend">
      {legendOrder
        .filter((cell) => strip.includes(cell))
        .map((cell) => (
          <li key={cell}>
            <svg viewBox="0 0 1 1" aria-hidden="true">
              <rect className={`cell-${cell}`} width="1" height="1" />
            </svg>
            {words.share.legend[cell]}
          </li>
        ))}
    </ul>
  )
}

function Holder({ holder }: { holder: HolderView }) {
  const phrases = [
    words.memberState(holder.state),
    holder.passesOnFrom ? words.share.passesOn(holder.passesOnFrom) : words.share.holderHas(holder.fraction),
    ...(holder.isPassedTo ? [words.share.passedOn] : []),
    ...(holder.downBytesPerSecond > 0 ? [words.share.holderGives(holder.downBytesPerSecond)] : []),
    ...(holder.upBytesPerSecond > 0 ? [words.share.holderTakes(holder.upBytesPerSecond)] : []),
  ]
  return (
    <li>
      <bdi className="holder-name">{cleanName(holder.name) || words.unnamed}</bdi>
      <span className="soft">
        <Phrases phrases={phrases} />
      </span>
    </li>
  )
}
