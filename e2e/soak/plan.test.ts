import { describe, expect, test } from 'vitest'
import { planOf } from './plan.ts'
import type { MemberDeed, Step } from './steps.ts'

const options = { seed: 1, durationMs: 30 * 60_000, membersMax: 5 }
const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
const plans = seeds.map((seed) => planOf({ ...options, seed }))

/** Follows a plan, and says after each step how the members are. */
function* followed(plan: readonly Step[]): Generator<{ step: Step; states: ReadonlyMap<number, string> }> {
  const states = new Map<number, string>()
  const after: Partial<Record<MemberDeed['kind'], string>> = {
    come: 'here',
    wake: 'here',
    sleep: 'asleep',
    go: 'away',
    crash: 'away',
    kill: 'away',
  }
  for (const step of plan) {
    if ('member' in step) {
      const state = after[step.deed.kind]
      if (state !== undefined) states.set(step.member, state)
    }
    yield { step, states }
  }
}

const timesOf = (plan: readonly Step[], what: string): number =>
  plan.filter((step) => ('member' in step ? step.deed.kind : step.broker) === what).length

const count = (states: ReadonlyMap<number, string>, ...wanted: readonly string[]): number =>
  [...states.values()].filter((state) => wanted.includes(state)).length

describe('the plan of a soak', () => {
  test('the same seed gives the same plan, another seed another', () => {
    expect(planOf(options)).toEqual(planOf(options))
    expect(planOf({ ...options, seed: 2 })).not.toEqual(planOf(options))
  })

  test('its steps are in order and within its time, and all kinds are among them', () => {
    for (const plan of plans) {
      const times = plan.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(Math.max(...times)).toBeLessThan(options.durationMs)
    }
    const kinds = new Set(plans.flat().map((step) => ('member' in step ? step.deed.kind : step.broker)))
    expect([...kinds].toSorted().join(' ')).toBe(
      'cancel come crash cutLinks download fillDisk freeDisk go kill pause reload remove resume share sleep start stop tend wake',
    )
  })

  test('never more members than fit, two of them awake, and the first stays', () => {
    for (const plan of plans)
      for (const { step, states } of followed(plan)) {
        expect(count(states, 'here', 'asleep')).toBeLessThanOrEqual(options.membersMax)
        if (step.atMs > 0) expect(count(states, 'here')).toBeGreaterThanOrEqual(2)
        if (step.atMs > 0) expect(states.get(0)).not.toBe('away')
      }
  })

  test('only those who are there and awake do anything, but wake up', () => {
    for (const plan of plans) {
      let before: ReadonlyMap<number, string> = new Map()
      for (const { step, states } of followed(plan)) {
        if ('member' in step) {
          const needed = { come: 'away', wake: 'asleep' }[String(step.deed.kind)] ?? 'here'
          expect(before.get(step.member) ?? 'away').toBe(needed)
        }
        before = new Map(states)
      }
    }
  })

  test('what begins ends: nobody is left asleep or without a disk, and the broker is back', () => {
    for (const plan of plans) {
      expect(timesOf(plan, 'wake')).toBe(timesOf(plan, 'sleep'))
      expect(timesOf(plan, 'freeDisk')).toBe(timesOf(plan, 'fillDisk'))
      expect(timesOf(plan, 'start')).toBe(timesOf(plan, 'stop'))
    }
  })
})
