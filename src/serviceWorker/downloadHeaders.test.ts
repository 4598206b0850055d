import { describe, expect, it } from 'vitest'
import { contentDisposition } from './downloadHeaders.ts'

describe('contentDisposition', () => {
  it.each([
    ['plain.txt', `attachment; filename="plain.txt"; filename*=UTF-8''plain.txt`],
    ['a "b".txt', `attachment; filename="a _b_.txt"; filename*=UTF-8''a%20%22b%22.txt`],
    [`ü'(1)*.zip`, `attachment; filename="_'(1)*.zip"; filename*=UTF-8''%C3%BC%27%281%29%2A.zip`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
  ])('names %j', (name, header) => {
    expect(contentDisposition(name)).toBe(header)
  })
})
