import { useEffect, useState, type RefObject } from 'react'
import { openReader, type ReadCode } from './readCode.ts'
import type { CameraTrouble } from './words/enByHand.ts'

export type CameraState = 'starting' | 'looking' | CameraTrouble

/** Between two looks at what the camera sees: often enough that it is quick, seldom enough that a phone stays cool. */
const lookEveryMs = 120

/** Shows the camera in the video while it is there, and reads codes from it: `found` hears of each once. */
export function useCamera(
  video: RefObject<HTMLVideoElement | null>,
  found: (text: string) => void,
): CameraState {
  const [state, setState] = useState<CameraState>('starting')
  useEffect(() => {
    const stopped = new AbortController()
    look(video, found, setState, stopped.signal).catch((error: unknown) => setState(troubleIn(error)))
    return () => stopped.abort()
  }, [video, found])
  return state
}

async function look(
  video: RefObject<HTMLVideoElement | null>,
  found: (text: string) => void,
  tell: (state: CameraState) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!isSecureContext) return tell('insecure')
  const [read, stream] = await Promise.all([openReader(), openCamera()])
  const stop = (): void => stream.getTracks().forEach((track) => track.stop())
  if (signal.aborted || video.current === null) return stop()
  signal.addEventListener('abort', stop)
  video.current.srcObject = stream
  await video.current.play()
  tell('looking')
  for (let text = ''; !signal.aborted; text = await lookOnce(video.current, read, text, found))
    await pause(signal)
}

async function lookOnce(
  video: HTMLVideoElement,
  read: ReadCode,
  before: string,
  found: (text: string) => void,
): Promise<string> {
  const text = await read(video)
  if (text === null || text === before) return before
  found(text)
  return text
}

/** The one at the back, where there are two; sharp enough for a code of 300 letters. */
const openCamera = (): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  })

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, lookEveryMs)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })

/** Names of what getUserMedia rejects with (Media Capture and Streams, section 10.2). */
function troubleIn(error: unknown): CameraTrouble {
  const { name = '' } = error instanceof DOMException ? error : {}
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'busy'
}
