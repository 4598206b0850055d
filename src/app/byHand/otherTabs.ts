import * as v from 'valibot'
import { limits } from '../../shared/limits.ts'

/** The other tabs of this browser: a phone's camera opens an answer in a new one, and the invitation is shown in another. */
export interface OtherTabs {
  /** Whether another tab takes the answer in this fragment. */
  offer(fragment: string): Promise<boolean>
  /** `take`: whether the answer in this fragment, which another tab was given, is for us. */
  onOffer(take: (fragment: string) => Promise<boolean>): void
  close(): void
}

const wordsSchema = v.object({
  type: v.picklist(['answer', 'taken']),
  fragment: v.pipe(v.string(), v.maxLength(limits.handTextMax)),
})
type Words = v.InferOutput<typeof wordsSchema>

/** Tabs of this page's origin hear each other. */
export function openOtherTabs(): OtherTabs {
  const channel = new BroadcastChannel('swarmdrop by hand')
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a broadcast channel has none
  const say = (words: Words): void => channel.postMessage(words)
  const hear = (heard: (words: Words) => void): (() => void) => {
    const listener = ({ data }: MessageEvent<unknown>): void => {
      const words = v.safeParse(wordsSchema, data)
      if (words.success) heard(words.output)
    }
    channel.addEventListener('message', listener)
    return () => channel.removeEventListener('message', listener)
  }
  return {
    offer: (fragment) =>
      new Promise((resolve) => {
        const end = (isTaken: boolean): void => {
          clearTimeout(timer)
          stop()
          resolve(isTaken)
        }
        const timer = setTimeout(end, limits.handTabsAnswerMs, false)
        const stop = hear((words) => {
          if (words.type === 'taken' && words.fragment === fragment) end(true)
        })
        say({ type: 'answer', fragment })
      }),
    onOffer(take) {
      hear((words) => {
        if (words.type !== 'answer') return
        void take(words.fragment).then((isTaken) => {
          if (isTaken) say({ type: 'taken', fragment: words.fragment })
        })
      })
    },
    close: () => channel.close(),
  }
}
