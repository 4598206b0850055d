import { useId } from 'react'
import './Files.css'
import { FilePickers } from './FilePickers.tsx'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { Share } from './Share.tsx'
import { useReadingFiles, useShares, useStorage } from './useView.ts'
import { words } from './words/words.ts'

/**
 * What the room offers, and the way to add to it. The pickers keep their place in the tree whether or not there are
 * shares: a picker that went away while its dialog is open would lose what people pick.
 */
export function Files() {
  const shares = useShares()
  const headingId = useId()
  const empty = shares.length === 0
  return (
    <section className={empty ? 'files files-empty' : 'files'} aria-labelledby={headingId}>
      {empty && (
        <span className="files-mark">
          <Icon name="drop" />
        </span>
      )}
      <h2 id={headingId}>{empty ? words.files.emptyHeading : words.files.heading}</h2>
      {empty && (
        <p className="files-hint">
          <span className="hint-drop">{words.files.emptyDrop}</span>
          <span className="hint-touch">{words.files.emptyTouch}</span>
        </p>
      )}
      <FilePickers />
      <StorageNote />
      <ReadingNote />
      <DownloadAll />
      {!empty && (
        <ul className="share-list">
          {shares.map((share) => (
            <Share key={share.share} share={share} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** One press for all that others offer; with a single offer its own button does. */
function DownloadAll() {
  const session = useSession()
  const offers = useShares().filter(({ state, mine }) => state === 'offered' && !mine)
  if (offers.length < 2) return null
  const sizeBytes = offers.reduce((sum, offer) => sum + offer.sizeBytes, 0)
  return (
    <button
      type="button"
      className="button download-all"
      data-testid="download-all"
      onClick={() => session.downloadAll()}
    >
      <Icon name="download" />
      {words.files.downloadAll(offers.length, sizeBytes)}
    </button>
  )
}

function ReadingNote() {
  const files = useReadingFiles()
  return (
    <p className="files-reading" role="status">
      {files !== null && words.files.reading(files)}
    </p>
  )
}

function StorageNote() {
  const storage = useStorage()
  if (storage.kind === 'disk') return null
  return <p className="files-note soft">{words.files.memoryOnly(storage.limitBytes)}</p>
}
