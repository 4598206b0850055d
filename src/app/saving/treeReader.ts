import * as v from 'valibot'
import { fail } from '../../shared/result.ts'
import { readTreeHere, type ReadTree } from './folderTree.ts'
import { fromTreeWorkerSchema, type ToTreeWorker } from './folderTreeProtocol.ts'

/** Reads a tree in a worker made for it, which ends with the answer. */
export const readTreeInWorker: ReadTree = (tree, folder) =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./folderTree.worker.ts', import.meta.url), { type: 'module' })
    const end = (outcome: Awaited<ReturnType<ReadTree>>): void => {
      worker.terminate()
      resolve(outcome)
    }
    const failed = (detail: string): void => end(fail({ code: 'failed', detail }))
    worker.addEventListener('error', (event) => failed(event.message || 'the worker did not start'))
    worker.addEventListener('messageerror', () => failed('the answer of the worker was lost'))
    worker.addEventListener('message', (event: MessageEvent<unknown>) => {
      const answer = v.safeParse(fromTreeWorkerSchema, event.data)
      if (!answer.success) failed('the worker said what it cannot mean')
      else if (answer.output.type === 'read') end(answer.output.outcome)
      else failed(answer.output.detail)
    })
    worker.postMessage({ tree, folder } satisfies ToTreeWorker, [tree.buffer])
  })

/** How this page reads trees; outside of browsers there may be no workers. */
export const readTree: ReadTree = 'Worker' in globalThis ? readTreeInWorker : readTreeHere
