import type { IntakeReport } from './intake.ts'
import type { NoticeBoard } from './noticeBoard.ts'

/** Says what of a drop could not be taken, and where there was nothing in it. */
export function tellLeftOut(
  { intakes, unreadable, empty, tooMany }: IntakeReport,
  notices: Pick<NoticeBoard, 'add'>,
): void {
  for (const name of unreadable) notices.add('error', { code: 'unreadable', name })
  for (const name of tooMany) notices.add('error', { code: 'tooMuch', name })
  for (const name of empty) notices.add('warning', { code: 'emptyFolder', name })
  const isNothing = intakes.length + unreadable.length + empty.length + tooMany.length === 0
  if (isNothing) notices.add('warning', { code: 'nothingToShare' })
}
