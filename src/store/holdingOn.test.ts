import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { holdingOn } from './holdingOn.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const nothing = (): void => undefined

/** Asks something of an object that nobody else holds. */
function askOne() {
  let answer = nothing
  const one = {}
  const weak = new WeakRef(one)
  const answered = holdingOn(one, () => new Promise<void>((resolve) => (answer = resolve)))
  const isThere = async (): Promise<boolean> => {
    // Whoever a weak reference was asked for stays until the task ends.
    await pause(0)
    collectGarbage()
    return weak.deref() !== undefined
  }
  return { answered, answer: () => answer(), isThere }
}

describe('who is asked something', () => {
  it('is held on to until it has answered, and no longer', async () => {
    const { answered, answer, isThere } = askOne()
    expect(await isThere()).toBe(true)
    answer()
    await answered
    expect(await isThere()).toBe(false)
  })

  it('is let go of where it refuses', async () => {
    await expect(holdingOn({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
