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

  it('forgets what nobody reads any more, and has room for as much again', async () => {
    const cache = openSpanCache(20)
    const { read } = counted()
    for (const key of ['a 1', 'a 2']) await cache.get(key, 10, read)
    cache.forget('a ')
    for (const key of ['b 1', 'ab 1']) await cache.get(key, 10, read)
    cache.forget('a ')
    expect(['a 1', 'a 2', 'b 1', 'ab 1'].map((key) => cache.has(key))).toEqual([false, false, true, true])
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
