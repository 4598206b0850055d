import { describe, expect, it } from 'vitest'
import { randomName } from './names.ts'
import { skeletonOf } from './lookAlikes.ts'

describe('names that are easily taken for each other', () => {
  it.each([
    ['Amber Heron', 'amber  heron'],
    ['Amber Heron', 'AmberHeron'],
    ['Amber Heron', 'Amber-Heron.'],
    ['Amber Heron', 'Аmbеr Неrоn'],
    ['Amber Heron', 'Αmber Ηeron'],
    ['Amber Heron', 'Am\u200bber\u00ad Her\u2060on\ufe0f'],
    ['Amber Heron', 'Ámbér Herön'],
    ['Amber Heron', 'Ａｍｂｅｒ Ｈｅｒｏｎ'],
    ['Amber Heron', '𝐀𝐦𝐛𝐞𝐫 𝓗𝓮𝓻𝓸𝓷'],
    ['Amber Heron', 'Arnber Her0n'],
    ['Amber Heron', 'AMBER HERON'],
    ['Teal Owl', 'Tea1 0w|'],
    ['Amber Heron', 'Amber Heron ✓'],
    ['Amber Heron', '✅ Amber Heron'],
    ['Iris', 'lris'],
    ['Bill', 'BiII'],
    ['Wren', 'Vvren'],
    ['Жанна', 'жанна'],
    ['Straße', 'STRASSE'],
  ])('%s and %s', (name, other) => {
    expect(skeletonOf(other)).toBe(skeletonOf(name))
  })

  it.each([
    ['Amber Heron', 'Amber Hare'],
    ['Amber Heron', 'Heron Amber'],
    ['Жанна', 'Hanna'],
    ['小明', '小红'],
    ['🦊', '🦄'],
    ['Bob', 'Rob'],
  ])('but not %s and %s', (name, other) => {
    expect(skeletonOf(other)).not.toBe(skeletonOf(name))
  })

  it('are none of those that the page makes up', () => {
    const names = new Set<string>()
    for (let colour = 0; colour < 24; colour++) {
      for (let animal = 0; animal < 32; animal++) {
        const turns = [((colour + 0.5) / 24) * 2 ** 32, ((animal + 0.5) / 32) * 2 ** 32]
        names.add(randomName(() => turns.shift() ?? 0))
      }
    }
    expect(names.size).toBe(768)
    expect(new Set([...names].map(skeletonOf)).size).toBe(768)
  })

  it('leaves nothing of a name that shows nothing', () => {
    for (const name of ['', '  ', '\u200b\u202e', '...', '\u3164']) expect(skeletonOf(name)).toBe('')
  })
})
