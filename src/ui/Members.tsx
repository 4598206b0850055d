import { memo, useId, type CSSProperties } from 'react'
import type { FaceView, MemberView } from '../app/view.ts'
import './Members.css'
import { Icon } from './Icon.tsx'
import { useMe, useMembers } from './useView.ts'
import { cleanName } from './words/names.ts'
import { words } from './words/words.ts'

/** Who is here. The picture of the room will stand at the top of this card. */
export function Members() {
  const me = useMe()
  const members = useMembers()
  const headingId = useId()
  const present = members.filter(({ state }) => state !== 'lost').length
  return (
    <section className="card members" aria-labelledby={headingId}>
      <header className="section-head">
        <h2 id={headingId}>{words.members.heading}</h2>
        <p className="soft">{words.members.count(present + 1)}</p>
      </header>
      <ul className="member-list">
        <li className="member member-me">
          <MemberFace member={me} />
          <span className="member-state">{words.you}</span>
        </li>
        {members.map((member) => (
          <Member key={member.peer} member={member} />
        ))}
      </ul>
    </section>
  )
}

const Member = memo(function Member({ member }: { member: MemberView }) {
  return (
    <li
      className="member"
      data-testid="peer"
      data-peer-id={member.peer}
      data-state={member.state}
      data-lanes={member.lanes}
    >
      <MemberFace member={member} />
      <span className="member-state">{words.memberState(member.state)}</span>
    </li>
  )
})

function MemberFace({ member }: { member: FaceView }) {
  const name = cleanName(member.name) || words.unnamed
  const ownColour: CSSProperties & { '--hue'?: number } = member.hue === null ? {} : { '--hue': member.hue }
  return (
    <>
      <span className="avatar" style={ownColour} title={words.device(member.device)}>
        <Icon name={member.device} />
        <span className="visually-hidden">{words.device(member.device)}</span>
      </span>
      <span className="member-name" title={name}>
        <bdi>{name}</bdi>
      </span>
    </>
  )
}
