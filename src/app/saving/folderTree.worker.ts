import * as v from 'valibot'
import { readTreeHere } from './folderTree.ts'
import { toTreeWorkerSchema, type FromTreeWorker } from './folderTreeProtocol.ts'

// Reads one tree, away from the page: a tree made to cost time costs nobody's clicks.

self.addEventListener('message', (event: MessageEvent<unknown>) => void read(event.data))

async function read(data: unknown): Promise<void> {
  try {
    const { tree, folder } = v.parse(toTreeWorkerSchema, data)
    answer({ type: 'read', outcome: await readTreeHere(tree, folder) })
  } catch (error) {
    answer({ type: 'threw', detail: error instanceof Error ? (error.stack ?? String(error)) : String(error) })
  }
}

function answer(message: FromTreeWorker): void {
  self.postMessage(message, [])
}
