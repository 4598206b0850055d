import { expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { BufferPool } from './bufferPool.ts'

it('gives memory of the same length again, and never the same to two', () => {
  const pool = new BufferPool()
  const first = pool.take(10)
  pool.giveBack(first.subarray(3))
  expect(pool.take(11).buffer).not.toBe(first.buffer)
  const again = pool.take(10)
  expect(again.buffer).toBe(first.buffer)
  expect(again).toHaveLength(10)
  expect(pool.take(10).buffer).not.toBe(first.buffer)
})

it('keeps no more than it may, and nothing that was handed to another thread', () => {
  const pool = new BufferPool()
  const half = limits.poolMaxBytes / 2
  const [oldest, middle, newest, gone] = [pool.take(half), pool.take(half), pool.take(half), pool.take(5)]
  for (const bytes of [oldest, middle, newest]) pool.giveBack(bytes)
  structuredClone(gone.buffer, { transfer: [gone.buffer] })
  pool.giveBack(gone)
  const taken = [pool.take(half), pool.take(half), pool.take(half)].map(({ buffer }) => buffer)
  expect(taken).toContain(middle.buffer)
  expect(taken).toContain(newest.buffer)
  expect(taken).not.toContain(oldest.buffer)
})
