import { useState, type DragEvent, type ReactNode } from 'react'
import './DropZone.css'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { words } from './words/words.ts'

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')

const leavesPage = (event: DragEvent): boolean =>
  !(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))

/** The whole page takes a drop, and shows that it would while files are dragged over it. */
export function DropZone({ children }: { children: ReactNode }) {
  const session = useSession()
  const [over, setOver] = useState(false)

  const allow = (event: DragEvent): void => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  const leave = (event: DragEvent): void => {
    if (leavesPage(event)) setOver(false)
  }
  const drop = (event: DragEvent): void => {
    setOver(false)
    if (!carriesFiles(event)) return
    event.preventDefault()
    session.takeDataTransfer(event.dataTransfer)
  }

  return (
    <div
      className="page"
      data-testid="drop-zone"
      onDragEnter={allow}
      onDragOver={allow}
      onDragLeave={leave}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className="drop-overlay">
          <p className="drop-overlay-words">
            <Icon name="drop" />
            {words.files.dropNow}
          </p>
        </div>
      )}
    </div>
  )
}
