import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { carriedStore } from './carriedPieces.ts'
import { pieceOf, sample, sha256 } from './testing/pieceStoreSamples.ts'

const pieceSizeBytes = 2 * limits.blockSizeBytes

async function withPiece(bytesOf = pieceOf) {
  const store = carriedStore(sha256)
  const of = sample(3 * pieceSizeBytes, pieceSizeBytes)
  store.open(of.share, of.geometry)
  const bytes = bytesOf(of, 1)
  store.putBlock(of.share, 1, limits.blockSizeBytes, bytes.slice(limits.blockSizeBytes))
  const hash = await sha256(pieceOf(of, 1))
  const checked = await store.finishPiece(of.share, 1, 0, bytes.slice(0, limits.blockSizeBytes), hash)
  return { store, of, checked }
}

describe('pieces that are passed on', () => {
  it('T4 are kept when they are right, and read in blocks', async () => {
    const { store, of, checked } = await withPiece()
    expect(checked).toEqual({ ok: true, value: 'kept' })
    const read = await store.read(of.share, 1, limits.blockSizeBytes, limits.blockSizeBytes, 100)
    expect(read.ok && read.value.byteOffset).toBe(100)
    expect(read).toEqual({ ok: true, value: pieceOf(of, 1).slice(limits.blockSizeBytes) })
  })

  it('T4 are not kept when they are wrong', async () => {
    const { store, of, checked } = await withPiece((...at) => pieceOf(...at).fill(7))
    expect(checked).toEqual({ ok: true, value: 'corrupt' })
    expect(await store.read(of.share, 1, 0, 10)).toMatchObject({ ok: false })
  })

  it('T4 are read though they are forgotten right after', async () => {
    const { store, of } = await withPiece()
    const reading = store.read(of.share, 1, 0, limits.blockSizeBytes)
    store.forget(of.share, 1)
    expect(await reading).toEqual({ ok: true, value: pieceOf(of, 1).slice(0, limits.blockSizeBytes) })
    expect(await store.read(of.share, 1, 0, 10)).toEqual({ ok: false, fault: { code: 'gone' } })
  })

  it('T4 are gone when their share is closed, those too that are being checked', async () => {
    const { store, of } = await withPiece()
    const bytes = pieceOf(of, 2)
    store.putBlock(of.share, 2, 0, bytes.slice(0, limits.blockSizeBytes))
    const hash = await sha256(bytes)
    const block = limits.blockSizeBytes
    const checking = store.finishPiece(of.share, 2, block, bytes.slice(block), hash)
    store.close(of.share)
    expect(await checking).toEqual({ ok: false, fault: { code: 'gone' } })
    expect(await store.read(of.share, 1, 0, 10)).toEqual({ ok: false, fault: { code: 'gone' } })
    store.open(of.share, of.geometry)
    expect(await store.read(of.share, 2, 0, 10)).toEqual({ ok: false, fault: { code: 'gone' } })
  })
})
