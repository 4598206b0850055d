import type { MemberView } from '../app/view.ts'
import { Avatar } from './Avatar.tsx'
import { OpenDialog } from './Dialog.tsx'
import { openedLater } from './openedLater.tsx'
import { shortName } from './words/names.ts'
import { words } from './words/words.ts'

const MemberPanel = openedLater((parts) => parts.MemberPanel)

/** What one row of the list opens: who this is, and how to make sure. */
export function MemberDialog({ member, onClose }: { member: MemberView; onClose: () => void }) {
  const heading = (
    <>
      <Avatar member={member} isCompared={member.acquaintance.isCompared} />
      <bdi>{shortName(member.name) || words.unnamed}</bdi>
    </>
  )
  return (
    <OpenDialog heading={heading} testId="member-panel" onClose={onClose}>
      <MemberPanel member={member} />
    </OpenDialog>
  )
}
