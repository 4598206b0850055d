import { expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { steadyView } from './steadyView.ts'

const build = () => createStore(() => ({ shares: [{ name: 'a' }, { name: 'b' }], readingFiles: 0 }))

it('keeps the identity of what a new state says again', () => {
  const store = build()
  const steady = steadyView(store)
  const before = steady.getState()
  store.setState({ shares: [{ name: 'a' }, { name: 'c' }] })
  const after = steady.getState()
  expect(after).toEqual({ shares: [{ name: 'a' }, { name: 'c' }], readingFiles: 0 })
  expect(after.shares[0]).toBe(before.shares[0])
})

it('tells listeners of the states it shows', () => {
  const store = build()
  const steady = steadyView(store)
  const told: unknown[] = []
  const stop = steady.subscribe((state, previous) => told.push([state.readingFiles, previous.readingFiles]))
  store.setState({ readingFiles: 1 })
  store.setState({ readingFiles: 2 })
  stop()
  store.setState({ readingFiles: 3 })
  expect(told).toEqual([
    [1, 0],
    [2, 1],
  ])
})
