import { describe, expect, it } from 'vitest'
import { changeOf, type Figures } from './base.ts'

const runs = (ratios: readonly number[], wastes: readonly number[] = ratios.map(() => 0)): Figures[] =>
  ratios.map((ratio, at) => ({
    scenario: 'flashCrowd',
    peers: 7,
    seed: at + 1,
    ratio,
    waste: wastes[at] ?? 0,
    wire: 1.15,
    messages: 20,
  }))

describe('changeOf', () => {
  const steady = runs([1.2, 1.21, 1.19, 1.2])
  const wild = runs([2, 4, 3, 3])

  it('says nothing of the same, or of what is within 3 %', () => {
    expect(changeOf(steady, steady)).toBeNull()
    expect(changeOf(steady, runs([1.23, 1.24, 1.22, 1.23]))).toBeNull()
  })

  it('says what is worse, with each run before and after', () => {
    const change = changeOf(steady, runs([1.25, 1.26, 1.24, 1.25]))
    expect(change).toContain('ratio 1.200 -> 1.250, WORSE')
    expect(change).toContain('--scenario flashCrowd --peers 7 --seed 2: ratio 1.21 -> 1.26, waste 0 -> 0, ')
    expect(change).not.toContain('waste 0.000')
  })

  it('says what is better, so that it is recorded', () => {
    expect(changeOf(steady, runs([1.1, 1.1, 1.1, 1.1]))).toContain('ratio 1.200 -> 1.100, better')
  })

  it('allows as much as the seeds differ by themselves', () => {
    expect(changeOf(wild, runs([3, 5, 4, 4]))).toBeNull()
    expect(changeOf(wild, runs([5, 7, 6, 6]))).toContain('ratio 3.000 -> 6.000, WORSE')
  })

  it('takes a hundredth of the share for waste that counts', () => {
    const ratios = [1.2, 1.2]
    expect(changeOf(runs(ratios, [0, 0]), runs(ratios, [0.01, 0.01]))).toBeNull()
    expect(changeOf(runs(ratios, [0, 0]), runs(ratios, [0.02, 0.02]))).toContain(
      'waste 0.000 -> 0.020, WORSE',
    )
  })

  it('complains of a room that was not recorded, or with other seeds', () => {
    expect(changeOf([], steady)).not.toBeNull()
    expect(changeOf(steady, steady.slice(1))).not.toBeNull()
  })
})
