import { useEffect, useId, useState } from 'react'
import type { KeptRoomView, KeptShareView } from '../app/view.ts'
import './Kept.css'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { useKept } from './useView.ts'
import { laterWords } from './words/laterWords.ts'
import { cleanName, shortName } from './words/names.ts'
import { words } from './words/words.ts'

/** The rooms of this device, what they hold, and the way to clear them. */
export function Kept() {
  const session = useSession()
  const kept = useKept()
  const { kept: say } = laterWords
  useEffect(() => session.lookAtKept(), [session])
  return (
    <div className="kept">
      <p className="soft">{say.how}</p>
      <p role="status" data-testid="kept-free">
        {kept === null ? say.looking : kept.freeBytes !== null && say.free(kept.freeBytes)}
      </p>
      {kept?.rooms.length === 0 && <p>{say.nothing}</p>}
      <ul className="kept-rooms">
        {kept?.rooms.map((room) => (
          <KeptRoom key={room.room} room={room} />
        ))}
      </ul>
    </div>
  )
}

function KeptRoom({ room }: { room: KeptRoomView }) {
  const { kept: say } = laterWords
  const headingId = useId()
  return (
    <li
      className="kept-room"
      aria-labelledby={headingId}
      data-testid="kept-room"
      data-where={room.where}
      data-kept={room.keptBytes}
    >
      <h3 id={headingId}>{room.where === 'here' ? say.here : say.room(room.openedMs)}</h3>
      <p className="soft">{say.keeps(room.shares.length, room.keptBytes)}</p>
      <ul className="kept-shares">
        {room.shares.map((share) => (
          <KeptShare key={`${share.tab} ${share.share}`} share={share} />
        ))}
      </ul>
      {room.where === 'open' ? <p className="soft">{say.open}</p> : <KeptRoomActions room={room} />}
    </li>
  )
}

/** Asks once more: what is cleared has to be fetched again, if anyone still has it. */
function KeptRoomActions({ room }: { room: KeptRoomView }) {
  const session = useSession()
  const [isAsking, setAsking] = useState(false)
  const { kept: say } = laterWords
  const forget = (): void => {
    session.forgetRoom(room.room)
    setAsking(false)
  }
  return (
    <div className="kept-actions">
      {room.where === 'closed' && !isAsking && (
        <a className="button" href={`#${room.fragment}`} data-testid="enter-room">
          {say.enter}
        </a>
      )}
      {isAsking ? (
        <>
          <button type="button" className="button" data-testid="forget-room-now" onClick={forget}>
            {say.forgetNow}
          </button>
          <button type="button" className="button quiet" onClick={() => setAsking(false)}>
            {say.keep}
          </button>
        </>
      ) : (
        <button
          type="button"
          className="button quiet"
          data-testid="forget-room"
          onClick={() => setAsking(true)}
        >
          <Icon name="remove" />
          {say.forgetRoom}
        </button>
      )}
    </div>
  )
}

function KeptShare({ share }: { share: KeptShareView }) {
  const session = useSession()
  const { kept: say } = laterWords
  const name = cleanName(share.name) || words.unnamed
  return (
    <li
      className="kept-share"
      data-testid="kept-share"
      data-share-id={share.share}
      data-kept={share.keptBytes}
    >
      <span className="kept-name" title={name}>
        <bdi>{shortName(name)}</bdi>
      </span>
      <span className="soft">{whatIsHere(share)}</span>
      {!share.isOpen && (
        <button
          type="button"
          className="icon-button"
          aria-label={say.forget(name)}
          title={say.forget(name)}
          data-testid="forget-kept"
          onClick={() => session.forgetKept(share.tab, share.share)}
        >
          <Icon name="remove" />
        </button>
      )}
    </li>
  )
}

function whatIsHere({ isGiven, keptBytes, sizeBytes }: KeptShareView): string {
  const { kept: say } = laterWords
  if (isGiven) return keptBytes > 0 ? say.copied(sizeBytes) : say.given(sizeBytes)
  return keptBytes >= sizeBytes ? say.whole(sizeBytes) : say.part(keptBytes, sizeBytes)
}
