import type { CSSProperties } from 'react'
import type { FaceView } from '../app/view.ts'
import './Avatar.css'
import { Icon } from './Icon.tsx'
import { words } from './words/words.ts'

interface Props {
  readonly member: FaceView
  /** Signed where no name reaches: a check mark in a name is only a name. */
  readonly isCompared?: boolean
}

/** A member's device in its colour, with a sign once its words were compared. */
export function Avatar({ member, isCompared = false }: Props) {
  const ownColour: CSSProperties & { '--hue'?: number } = member.hue === null ? {} : { '--hue': member.hue }
  return (
    <span className="avatar" style={ownColour} title={words.device(member.device)}>
      <Icon name={member.device} />
      <span className="visually-hidden">{words.device(member.device)}</span>
      {isCompared && (
        <span className="avatar-compared" title={words.members.wordsCompared}>
          <Icon name="done" />
          <span className="visually-hidden">{words.members.wordsCompared}</span>
        </span>
      )}
    </span>
  )
}
