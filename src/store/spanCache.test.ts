import { describe, expect, it } from 'vitest'
import { openSpanCache } from './spanCache.ts'

function counted() {
  let reads = 0
  return { read: async () => new Uint8Array([reads++]), reads: () => reads }
}

describe('span cache', () => {
  it('drops the least recently used span when it holds too much', async () => {
    const cache = openSpanCache(20)
    const { read } = counted()
    await cache.get('a', 10, read)
    await cache.get('b', 10, read)
    await cache.get('a', 10, read)
    await cache.get('c', 10, read)
    expect(['a', 'b', 'c'].map((key) => cache.has(key))).toEqual([true, false, true])
  })

  it('reads once for those who ask at the same time', async () => {
    const cache = openSpanCache(20)
    const { read, reads } = counted()
    await Promise.all([cache.get('a', 10, read), cache.get('a', 10, read)])
    expect(reads()).toBe(1)
  })

  it('forgets a read that failed', async () => {
    const cache = openSpanCache(20)
    const failed = cache.get('a', 10, () => Promise.reject(new Error('unreadable')))
    await expect(failed).rejects.toThrow('unreadable')
    expect(cache.has('a')).toBe(false)
    await cache.get('a', 20, counted().read)
    expect(cache.has('a')).toBe(true)
  })
})
