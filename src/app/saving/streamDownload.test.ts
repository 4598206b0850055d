import { describe, expect, it } from 'vitest'
import type { FromDownload, ToDownload } from '../../serviceWorker/savingProtocol.ts'
import { limits } from '../../shared/limits.ts'
import { pump } from './streamDownload.ts'

const nothing = (): void => undefined

/** The service worker's end of a download. */
function downloadEnd(port: MessagePort) {
  const answers: ToDownload[] = []
  let heard = nothing
  port.addEventListener('message', ({ data }: MessageEvent<ToDownload>) => {
    answers.push(data)
    heard()
  })
  port.start()
  return {
    tell: (message: FromDownload) => port.postMessage(message),
    pull: () =>
      new Promise<ToDownload | undefined>((resolve) => {
        heard = () => resolve(answers.at(-1))
        port.postMessage({ type: 'pull' } satisfies FromDownload)
      }),
  }
}

function streamOf(parts: Uint8Array[], onCancel = nothing): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift()
      if (part) controller.enqueue(part)
      else controller.close()
    },
    cancel: onCancel,
  })
}

describe('a download pulled through a port', () => {
  it('gives bytes only when pulled, small parts together, and says how far it is', async () => {
    const { port1, port2 } = new MessageChannel()
    const half = limits.savedChunkBytes / 2
    const parts = [new Uint8Array(half).fill(1), new Uint8Array(half).fill(2), new Uint8Array(5).fill(3)]
    const progress: number[] = []
    let readyCount = 0
    const done = pump(
      port1,
      streamOf(parts),
      (saved) => progress.push(saved),
      () => readyCount++,
    )
    const end = downloadEnd(port2)
    end.tell({ type: 'ready' })
    expect(await end.pull()).toMatchObject({ type: 'bytes', bytes: { length: limits.savedChunkBytes } })
    expect(await end.pull()).toEqual({ type: 'bytes', bytes: new Uint8Array(5).fill(3) })
    expect(await end.pull()).toEqual({ type: 'end' })
    expect(await done).toEqual({ ok: true, value: undefined })
    expect(progress.at(-1)).toBe(limits.savedChunkBytes + 5)
    expect(readyCount).toBe(1)
    port1.close()
  })

  it('stops reading when the browser wants no more', async () => {
    const { port1, port2 } = new MessageChannel()
    let cancelled = false
    const stream = streamOf(
      [new Uint8Array(limits.savedChunkBytes), new Uint8Array(1)],
      () => (cancelled = true),
    )
    const done = pump(port1, stream, nothing, nothing)
    const end = downloadEnd(port2)
    await end.pull()
    end.tell({ type: 'cancelled' })
    expect(await done).toEqual({ ok: false, fault: { code: 'cancelled' } })
    expect(cancelled).toBe(true)
    port1.close()
  })

  it.each<[string, unknown, string]>([
    ['refuses it', { type: 'refused', detail: 'no' }, 'no'],
    ['says what means nothing', { type: 'show', html: '<b>' }, 'the service worker said what it cannot mean'],
  ])('stops when the service worker %s', async (_what, message, detail) => {
    const { port1, port2 } = new MessageChannel()
    const done = pump(port1, streamOf([]), nothing, nothing)
    port2.postMessage(message)
    expect(await done).toEqual({ ok: false, fault: { code: 'failed', detail } })
    port1.close()
  })

  it('breaks the download off when the bytes cannot be read', async () => {
    const { port1, port2 } = new MessageChannel()
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new DOMException('moved', 'NotReadableError')),
    })
    const done = pump(port1, stream, nothing, nothing)
    expect(await downloadEnd(port2).pull()).toMatchObject({ type: 'failed' })
    expect(await done).toEqual({ ok: false, fault: { code: 'unreadable', fault: { code: 'sourceChanged' } } })
    port1.close()
  })
})
