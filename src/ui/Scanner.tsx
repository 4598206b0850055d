import { useCallback, useRef, useState } from 'react'
import './Scanner.css'
import { openReader } from './readCode.ts'
import { useCamera } from './useCamera.ts'
import { laterWords } from './words/laterWords.ts'

/** Looks for a code with the camera, or in a picture where there is none. `found` hears of each code once. */
export function Scanner({ found }: { found: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const state = useCamera(video, found)
  const { scanning } = laterWords.byHand
  const isRunning = state === 'looking'
  return (
    <div className="scanner" data-testid="scanner" data-state={state}>
      <video
        ref={video}
        className="scanner-view"
        hidden={!isRunning}
        aria-label={scanning.view}
        muted
        playsInline
      />
      <p role="status">
        {state === 'starting' ? scanning.starting : isRunning ? scanning.looking : scanning.camera(state)}
      </p>
      <Picture found={found} />
    </div>
  )
}

/** On a phone this opens the camera app, on a page without https, too. */
function Picture({ found }: { found: (text: string) => void }) {
  const [isMissed, setMissed] = useState(false)
  const { scanning } = laterWords.byHand
  const look = useCallback(
    async (file: File | undefined) => {
      if (!file) return
      setMissed(false)
      const text = await codeIn(file)
      if (text === null) setMissed(true)
      else found(text)
    },
    [found],
  )
  return (
    <>
      <label className="button quiet">
        {scanning.picture}
        <input
          type="file"
          className="visually-hidden"
          accept="image/*"
          capture="environment"
          data-testid="scan-picture"
          onChange={({ currentTarget }) => void look(currentTarget.files?.[0])}
        />
      </label>
      <p role="alert">{isMissed && scanning.noCode}</p>
    </>
  )
}

/** Null where there is none, or the file is no picture. */
async function codeIn(file: File): Promise<string | null> {
  const [read, picture] = await Promise.all([openReader(), createImageBitmap(file).catch(() => null)])
  return picture && read(picture)
}
