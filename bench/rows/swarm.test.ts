import { expect, test } from 'vitest'
import { boundSeconds, swarmUpMbps } from './swarm.ts'

test('equal uplinks: the origin has to send all of it once, however many take it', () => {
  for (const receivers of [1, 2, 8]) expect(boundSeconds(12e6, swarmUpMbps(receivers))).toBe(24)
})

test('a fast origin with slow receivers: all uplinks together are what bounds', () => {
  expect(boundSeconds(12e6, [8, 2, 2])).toBe(16)
})
