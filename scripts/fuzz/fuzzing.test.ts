import { describe, expect, test } from 'vitest'
import { utf8FromText } from '../../src/shared/bytes.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { assert } from '../../src/shared/result.ts'
import { fuzz } from './fuzzing.ts'
import { mutate } from './mutator.ts'
import { accepted, bytesTarget, jsonOf, refused, textTarget, type Target } from './target.ts'
import { runSeeds } from './virtualRuns.ts'

const runsMax = 50_000
const fuzzed = (target: Target) => fuzz(target, [], seededRandom(1), (runs) => runs >= runsMax)

describe('the fuzzer', () => {
  test('finds a parser that throws, and makes what it throws at short', () => {
    const target = bytesTarget('throws', [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)], (bytes) => {
      assert(bytes.indexOf(0xff) < 1 || bytes.length < 4, 'a mistake')
      return accepted(bytes.length)
    })
    const { failures } = fuzzed(target)
    expect(failures).toHaveLength(1)
    expect(failures[0]?.error).toContain('a mistake')
    expect(failures[0]?.input).toHaveLength(4)
  })

  test('goes on from what came to something new, step by step', () => {
    const word = 'fz'
    const parse = (bytes: Uint8Array) => {
      const right = [...word].findIndex((letter, at) => letter.charCodeAt(0) !== bytes[at])
      return right < 0 ? accepted({ type: word }) : refused(`${right} letters`)
    }
    const { found } = fuzzed(bytesTarget('steps', [Uint8Array.of(0, 0)], parse))
    expect(found.map(({ outcome }) => outcome)).toContain('{type fz}')
  })

  test('changes JSON so that it stays JSON, with what no value is written as', () => {
    const random = seededRandom(2)
    const seed = utf8FromText('{"a":1,"b":[true,"text"]}')
    const texts = Array.from({ length: 5000 }, () =>
      new TextDecoder().decode(mutate(seed, seed, 'text', random)),
    )
    expect(texts.filter((text) => jsonOf(text) !== undefined).length).toBeGreaterThan(2000)
    for (const odd of ['-0', '1e999', '"__proto__":', '"a":0,"a":1', '[['])
      expect(
        texts.some((text) => jsonOf(text) !== undefined && text.includes(odd)),
        odd,
      ).toBe(true)
  })

  test('does the same with the same seed', () => {
    const target = textTarget('json', ['{"a":1}'], (text) => accepted(jsonOf(text)))
    const once = () => fuzz(target, [], seededRandom(3), (runs) => runs >= 100)
    expect(once()).toEqual(once())
  })

  test('names the seeds of runs that went wrong, or threw', () => {
    const planted = {
      name: 'planted',
      run: (seed: number): string[] => {
        assert(seed !== 5, 'a mistake')
        return seed === 6 ? ['odd'] : []
      },
    }
    let left = 4
    const { runs, failures } = runSeeds(planted, 4, () => left-- === 0)
    expect(runs).toBe(4)
    expect(failures).toMatchObject([{ seed: 5 }, { seed: 6, faults: ['odd'] }])
  })
})
