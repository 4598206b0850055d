import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { encodeTree } from '../../swarm/tree.ts'
import { readTreeHere } from './folderTree.ts'
import type { FromTreeWorker, ToTreeWorker } from './folderTreeProtocol.ts'
import { readTreeInWorker } from './treeReader.ts'

/** Stands in for the browser's workers; `answers` says what each does with its question. */
class FakeWorker extends EventTarget {
  static readonly made: FakeWorker[] = []
  static answers: (worker: FakeWorker, question: ToTreeWorker) => void = () => undefined
  isTerminated = false

  constructor() {
    super()
    FakeWorker.made.push(this)
  }
  postMessage(question: ToTreeWorker): void {
    FakeWorker.answers(this, question)
  }
  say(data: FromTreeWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
  terminate(): void {
    this.isTerminated = true
  }
}

beforeEach(() => {
  FakeWorker.made.length = 0
  vi.stubGlobal('Worker', FakeWorker)
})
afterEach(() => vi.unstubAllGlobals())

const tree = encodeTree([{ path: 'a//b', sizeBytes: 5, modifiedMs: 1 }])
const folder = { sizeBytes: 5, fileCount: 1 }

it('asks a worker, hands on what it says, and ends it', async () => {
  FakeWorker.answers = (worker, question) =>
    void readTreeHere(question.tree, question.folder).then((outcome) => worker.say({ type: 'read', outcome }))
  const entries = [{ path: 'a/b', sizeBytes: 5, modifiedMs: 1 }]
  expect(await readTreeInWorker(tree, folder)).toEqual({ ok: true, value: entries })
  expect(FakeWorker.made.map(({ isTerminated }) => isTerminated)).toEqual([true])
})

it.each<[string, (worker: FakeWorker) => void, string]>([
  ['threw', (worker) => worker.say({ type: 'threw', detail: 'Bug: x' }), 'Bug: x'],
  ['did not start', (worker) => worker.dispatchEvent(new Event('error')), 'the worker did not start'],
  [
    'was not heard',
    (worker) => worker.dispatchEvent(new Event('messageerror')),
    'the answer of the worker was lost',
  ],
])('says why when the worker %s, and ends it', async (_what, answers, detail) => {
  FakeWorker.answers = answers
  expect(await readTreeInWorker(tree, folder)).toEqual({ ok: false, fault: { code: 'failed', detail } })
  expect(FakeWorker.made.map(({ isTerminated }) => isTerminated)).toEqual([true])
})
