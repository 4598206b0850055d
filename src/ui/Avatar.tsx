import type { CSSProperties } from 'react'
import type { FaceView } from '../app/view.ts'
import './Avatar.css'
import { Icon } from './Icon.tsx'
import { words } from './words/words.ts'

/** A member's device in its colour. */
export function Avatar({ member }: { member: FaceView }) {
  const ownColour: CSSProperties & { '--hue'?: number } = member.hue === null ? {} : { '--hue': member.hue }
  return (
    <span className="avatar" style={ownColour} title={words.device(member.device)}>
      <Icon name={member.device} />
      <span className="visually-hidden">{words.device(member.device)}</span>
    </span>
  )
}
