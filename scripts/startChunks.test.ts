import { expect, test } from 'vitest'
import { chunkName, chunksFor, type Chunk } from './startChunks.ts'

const chunk = (file: string, text = ''): Chunk => ({ file, text })
const html = '<script type="module" src="./assets/index-aaaaaaaa.js"></script>'

const entry = chunk(
  'index-aaaaaaaa.js',
  'import"./react-bbbbbbbb.js";import("./session-cccccccc.js");import("./qr-dddddddd.js")',
)
const react = chunk('react-bbbbbbbb.js')
const session = chunk('session-cccccccc.js', 'new Worker(new URL("/assets/disk.worker-eeeeeeee.js"))')
const qr = chunk('qr-dddddddd.js', 'import"./codes-ffffffff.js";import"./react-bbbbbbbb.js"')
const worker = chunk('disk.worker-eeeeeeee.js')
const codes = chunk('codes-ffffffff.js')
const all = [codes, entry, qr, react, session, worker]

test('everything that is reached counts: static and dynamic imports, workers, what they lead to', () => {
  const { start, deferred } = chunksFor(html, all, [])
  expect(start.toSorted((a, b) => (a.file < b.file ? -1 : 1))).toEqual(
    all.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
  )
  expect(deferred).toEqual([])
})

test('what comes later does not, nor what only that leads to', () => {
  const { start, deferred, unknown } = chunksFor(html, all, ['qr'])
  expect(new Set(start)).toEqual(new Set([entry, react, session, worker]))
  expect(new Set(deferred)).toEqual(new Set([qr, codes]))
  expect(unknown).toEqual([])
})

test('what Vite would load beside something later counts no sooner than that', () => {
  const preloads =
    'const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./qr-dddddddd.js","./codes-ffffffff.js"])))=>i;'
  const lazy = { ...entry, text: preloads + entry.text }
  expect(new Set(chunksFor(html, [...all.filter((each) => each !== entry), lazy], ['qr']).deferred)).toEqual(
    new Set([qr, codes]),
  )
})

test('a later chunk that is none is told, so that the list cannot grow stale', () => {
  expect(chunksFor(html, all, ['zip']).unknown).toEqual(['zip'])
})

test('a chunk is known by its name without the hash', () => {
  expect(chunkName('index-BMNoVEci.js')).toBe('index')
  expect(chunkName('opfs.worker-CP-bGZjc.js')).toBe('opfs.worker')
})
