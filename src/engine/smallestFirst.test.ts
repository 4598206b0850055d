import { describe, expect, it } from 'vitest'
import { SmallestFirst } from './smallestFirst.ts'

/** Work that ends when it is told to. */
function openQueue(atOnce: number) {
  const queue = new SmallestFirst(atOnce)
  const running: string[] = []
  const ends = new Map<string, (fault?: Error) => void>()
  const add = (name: string, size: number): Promise<string> =>
    queue.run(size, () => {
      running.push(name)
      return new Promise((resolve, reject) => {
        ends.set(name, (fault) => (fault ? reject(fault) : resolve(name)))
      })
    })
  const end = async (name: string, fault?: Error): Promise<void> => {
    ends.get(name)?.(fault)
    running.splice(running.indexOf(name), 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { add, end, running }
}

describe('work in turns', { timeout: 60_000 }, () => {
  it('runs at once up to the limit, then the smallest that waits, and of equals the one that came first', async () => {
    const { add, end, running } = openQueue(2)
    for (const [name, size] of [
      ['a', 9],
      ['b', 9],
      ['large', 3],
      ['small', 1],
      ['small too', 1],
    ] as const)
      void add(name, size)
    expect(running).toEqual(['a', 'b'])
    await end('b')
    expect(running).toEqual(['a', 'small'])
    await end('small')
    expect(running).toEqual(['a', 'small too'])
    await end('a')
    expect(running).toEqual(['small too', 'large'])
  })

  it('has its place free again when nothing waits', async () => {
    const { add, end, running } = openQueue(1)
    const first = add('first', 1)
    await end('first')
    expect(await first).toBe('first')
    void add('second', 1)
    expect(running).toEqual(['second'])
  })

  it('goes on after work that failed', async () => {
    const { add, end, running } = openQueue(1)
    const failing = expect(add('failing', 1)).rejects.toThrow('no')
    void add('next', 1)
    await end('failing', new Error('no'))
    await failing
    expect(running).toEqual(['next'])
  })

  it('takes a folder of files dropped one by one, however many', async () => {
    const count = 200_000
    const queue = new SmallestFirst(1)
    const sizes: number[] = []
    const sizeOf = (at: number): number => (at * 7919) % count
    const all = Array.from({ length: count }, (_, at) =>
      queue.run(sizeOf(at), async () => void sizes.push(sizeOf(at))),
    )
    await Promise.all(all)
    expect(sizes).toHaveLength(count)
    expect(sizes.slice(1)).toEqual(sizes.slice(1).toSorted((a, b) => a - b))
  })
})
