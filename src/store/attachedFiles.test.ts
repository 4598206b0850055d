import { expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { attachFiles } from './attachedFiles.ts'
import { openSpanCache } from './spanCache.ts'

const pieceSizeBytes = limits.pieceSizeMinBytes
const sizeBytes = 4 * limits.attachedSpanMaxBytes

/** A file that tells how many bytes each read of it took. */
function countingFile(reads: number[]): File {
  const file = new File([new Uint8Array(sizeBytes)], 'counted')
  const slice = file.slice.bind(file)
  file.slice = (from = 0, to = sizeBytes) => {
    reads.push(to - from)
    return slice(from, to)
  }
  return file
}

function attached(reads: number[]) {
  const cache = openSpanCache(limits.attachedCacheMaxBytes)
  const files = attachFiles([countingFile(reads)], { sizeBytes, pieceSizeBytes }, cache, 'share')
  return (piece: number) => files.read(piece * pieceSizeBytes, new Uint8Array(pieceSizeBytes))
}

/** So many reads of a span. */
const spans = (count: number): number[] => Array.from({ length: count }, () => limits.attachedSpanMaxBytes)

it('reads one piece for a reader who jumps about', async () => {
  const reads: number[] = []
  const readPiece = attached(reads)
  for (const piece of [40, 3, 20]) await readPiece(piece)
  expect(reads).toEqual([pieceSizeBytes, pieceSizeBytes, pieceSizeBytes])
})

it('what cannot be read ahead fails only for who needs it', async () => {
  const reads: number[] = []
  const piecesPerSpan = limits.attachedSpanMaxBytes / pieceSizeBytes
  const file = countingFile(reads)
  const slice = file.slice
  file.slice = (from = 0, to = sizeBytes) => {
    const blob = slice(from, to)
    if (from >= limits.attachedSpanMaxBytes) blob.arrayBuffer = () => Promise.reject(new Error('gone'))
    return blob
  }
  const cache = openSpanCache(limits.attachedCacheMaxBytes)
  const files = attachFiles([file], { sizeBytes, pieceSizeBytes }, cache, 'share')
  const readPiece = (piece: number) => files.read(piece * pieceSizeBytes, new Uint8Array(pieceSizeBytes))
  for (let piece = 0; piece < piecesPerSpan; piece++) await readPiece(piece)
  await expect(readPiece(piecesPerSpan)).rejects.toThrow('gone')
})

it('reads further ahead for a reader who goes on where it was', async () => {
  const reads: number[] = []
  const readPiece = attached(reads)
  const piecesPerSpan = limits.attachedSpanMaxBytes / pieceSizeBytes
  await readPiece(0)
  expect(reads).toEqual([pieceSizeBytes])
  // And the span after it, before anybody has to wait for it.
  await readPiece(1)
  expect(reads).toEqual([pieceSizeBytes, ...spans(2)])
  for (let piece = 2; piece < 3 * piecesPerSpan; piece++) await readPiece(piece)
  expect(reads).toEqual([pieceSizeBytes, ...spans(4)])
})
