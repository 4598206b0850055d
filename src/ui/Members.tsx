import { memo, useId, useState } from 'react'
import type { MemberView } from '../app/view.ts'
import type { PeerId } from '../shared/ids.ts'
import './Members.css'
import { Avatar } from './Avatar.tsx'
import { Icon } from './Icon.tsx'
import { MemberDialog } from './MemberDialog.tsx'
import { useMe, useMembers } from './useView.ts'
import { cleanName } from './words/names.ts'
import { words } from './words/words.ts'

/** A longer list would push the files off the page: the rest is shown when asked for. */
const shownAtOnce = 8

/** Who is here. The picture of the room will stand at the top of this card. */
export function Members() {
  const me = useMe()
  const members = useMembers()
  const headingId = useId()
  const [opened, setOpened] = useState<PeerId | null>(null)
  const present = members.filter(({ state }) => state !== 'lost').length
  const [isUnfolded, setUnfolded] = useState(false)
  const isLong = members.length > shownAtOnce
  const listId = useId()
  const shown = members.find(({ peer }) => peer === opened)
  return (
    <section className="card members" aria-labelledby={headingId}>
      <header className="section-head">
        <h2 id={headingId}>{words.members.heading}</h2>
        <p className="soft">{words.members.count(present + 1)}</p>
      </header>
      <ul id={listId} className={isLong && !isUnfolded ? 'member-list is-folded' : 'member-list'}>
        <li className="member">
          <div className="member-row">
            <Avatar member={me} />
            <MemberName name={me.name} />
            <span className="member-state">{words.you}</span>
          </div>
        </li>
        {members.map((member) => (
          <Member key={member.peer} member={member} onOpen={setOpened} />
        ))}
      </ul>
      {isLong && (
        <button
          type="button"
          className="button quiet"
          data-testid="all-members"
          aria-expanded={isUnfolded}
          aria-controls={listId}
          onClick={() => setUnfolded(!isUnfolded)}
        >
          {isUnfolded ? words.members.showFewer : words.members.showAll(present + 1)}
        </button>
      )}
      {shown && <MemberDialog key={shown.peer} member={shown} onClose={() => setOpened(null)} />}
    </section>
  )
}

interface MemberProps {
  readonly member: MemberView
  readonly onOpen: (peer: PeerId) => void
}

const Member = memo(function Member({ member, onOpen }: MemberProps) {
  const { met, isCompared, likeness } = member.acquaintance
  return (
    <li
      className="member"
      data-testid="peer"
      data-peer-id={member.peer}
      data-state={member.state}
      data-lanes={member.lanes}
      data-met={met?.metMs}
      data-compared={isCompared || undefined}
      data-imitates={likeness?.kind}
    >
      <button
        type="button"
        className="member-row"
        aria-haspopup="dialog"
        data-testid="open-member"
        onClick={() => onOpen(member.peer)}
      >
        <Avatar member={member} isCompared={isCompared} />
        <MemberName name={member.name} />
        <span className="member-state">{whatIsKnown(member).join(' · ')}</span>
        <Icon name="more" />
        {likeness && (
          <span className="member-likeness">
            <Icon name="info" />
            {words.members.likeness(likeness)}
          </span>
        )}
      </button>
    </li>
  )
})

/** How it is reached, and whether it is somebody met before. */
function whatIsKnown({ name, state, acquaintance }: MemberView): readonly string[] {
  const { met, isThisDevice } = acquaintance
  const reached = words.memberState(state)
  if (isThisDevice) return [reached, words.members.thisBrowser]
  return met ? [reached, words.members.met(name, met)] : [reached]
}

function MemberName({ name }: { name: string }) {
  const clean = cleanName(name) || words.unnamed
  return (
    <span className="member-name" title={clean}>
      <bdi>{clean}</bdi>
    </span>
  )
}
