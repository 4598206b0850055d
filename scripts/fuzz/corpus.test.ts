import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { keptOf } from './corpus.ts'
import { tryInput } from './fuzzing.ts'
import { targets } from './targets.ts'

describe('the corpus', () => {
  test('has files of targets only', () => {
    const names = new Set(targets.map(({ name }) => `${name}.json`))
    const files = readdirSync(new URL('corpus', import.meta.url))
    expect(files.filter((file) => !names.has(file))).toEqual([])
  })

  test.each(targets)('$name comes to what it came to', (target) => {
    for (const { input, outcome } of keptOf(target))
      expect(tryInput(target, input)).toMatchObject({ outcome })
  })

  test.each(targets)('$name takes what honest sides send', (target) => {
    for (const seed of target.seeds) expect(tryInput(target, seed)).not.toHaveProperty('error')
  })
})
