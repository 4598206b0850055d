import type { ChangeEvent, MouseEvent } from 'react'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { words } from './words/words.ts'

// React's types leave it out; browsers have it (File and Directory Entries API, section 6).
const wholeFolders = { webkitdirectory: '' }

/** The two buttons that open the browser's own pickers. */
export function FilePickers() {
  const session = useSession()
  const take = (event: ChangeEvent<HTMLInputElement>): void => {
    if (event.currentTarget.files?.length) session.takeFiles(event.currentTarget.files)
  }
  return (
    <div className="pickers">
      <label className="button primary">
        <input
          type="file"
          multiple
          className="visually-hidden"
          data-testid="file-input"
          onClick={forgetLastPick}
          onChange={take}
        />
        <Icon name="file" />
        {words.files.chooseFiles}
      </label>
      <label className="button">
        <input
          type="file"
          {...wholeFolders}
          className="visually-hidden"
          data-testid="folder-input"
          onClick={forgetLastPick}
          onChange={take}
        />
        <Icon name="folder" />
        {words.files.chooseFolder}
      </label>
    </div>
  )
}

/** So that picking the same file again counts. Not right after a pick: that could empty the list in the session's hands. */
function forgetLastPick(event: MouseEvent<HTMLInputElement>): void {
  event.currentTarget.value = ''
}
