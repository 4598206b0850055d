import { memo, useId, useState } from 'react'
import type { ShareView } from '../app/view.ts'
import './Share.css'
import { shareIcon } from './fileKind.ts'
import { Icon } from './Icon.tsx'
import { Phrases } from './Phrases.tsx'
import { FreeSpaceButton } from './panelButtons.tsx'
import { PieceStrip } from './PieceStrip.tsx'
import { ShareActions } from './ShareActions.tsx'
import { ShareDetails } from './ShareDetails.tsx'
import { fractionHere, isUnderWay, statusPhrases } from './shareStatus.ts'
import { cleanName, shortName } from './words/names.ts'
import { words } from './words/words.ts'

/** One file or folder offered in the room. */
export const Share = memo(function Share({ share }: { share: ShareView }) {
  const [open, setOpen] = useState(false)
  const nameId = useId()
  const detailsId = useId()
  const name = cleanName(share.name) || words.unnamed
  return (
    <li
      className={share.mine ? 'card share share-mine' : 'card share'}
      aria-labelledby={nameId}
      data-testid="share"
      data-name={share.name}
      data-share-id={share.share}
      data-size={share.sizeBytes}
      data-state={share.state}
      data-have={share.haveBytes}
      data-sources={share.sourceCount}
      data-copies={share.copies}
    >
      <span className="share-icon">
        <Icon name={shareIcon(share)} />
      </span>
      <div className="share-title">
        <h3 id={nameId} title={name}>
          <bdi>{shortName(name)}</bdi>
        </h3>
        <p className="soft">
          <Phrases phrases={whatItIs(share)} />
        </p>
      </div>
      <ShareActions share={share} />
      <button
        type="button"
        className="icon-button share-unfold"
        aria-expanded={open}
        aria-controls={detailsId}
        aria-label={words.share.actionOn(words.share.showDetails, name)}
        onClick={() => setOpen(!open)}
      >
        <Icon name="details" />
      </button>
      {isUnderWay(share) && <PieceStrip share={share} />}
      <ShareStatus share={share} />
      <div id={detailsId} className="share-details-place" hidden={!open}>
        {open && <ShareDetails share={share} />}
      </div>
    </li>
  )
})

function whatItIs(share: ShareView): readonly string[] {
  const from = share.mine ? words.share.fromYou : words.share.from(share.offeredBy)
  const through = share.offeredThrough.length > 0 ? [words.share.through(share.offeredThrough)] : []
  const files = share.kind === 'folder' ? [words.share.fileCount(share.fileCount)] : []
  return [words.size(share.sizeBytes), ...files, from, ...through]
}

function ShareStatus({ share }: { share: ShareView }) {
  const phrases = statusPhrases(share)
  return (
    <div className="share-status">
      {phrases.length > 0 && (
        <p>
          <Phrases phrases={phrases} />
        </p>
      )}
      {share.state === 'downloading' && !share.trouble && (
        <p className="soft">
          <Phrases phrases={[words.share.copies(share), words.share.whereItGoes]} />
        </p>
      )}
      {share.trouble && (
        <p className="share-trouble" data-level={share.state === 'failed' ? 'error' : 'warning'}>
          <Icon name="warning" />
          <span>{words.trouble(share.trouble, fractionHere(share))}</span>
        </p>
      )}
      {share.trouble?.code === 'storageFull' && <FreeSpaceButton />}
      {share.mine && share.state !== 'failed' && share.trouble?.code !== 'filesAway' && (
        <LeaveAdvice share={share} />
      )}
    </div>
  )
}

/** Tells the one who shares whether the room can do without this tab. */
function LeaveAdvice({ share }: { share: ShareView }) {
  if (share.roomFraction >= 1) {
    return (
      <p className="share-leave may">
        <Icon name="done" />
        {words.share.mayLeave(share.otherCopies)}
      </p>
    )
  }
  return <p className="share-leave soft">{words.share.keepOpen(share.roomFraction)}</p>
}
