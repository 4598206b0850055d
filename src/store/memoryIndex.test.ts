import { describe, it } from 'vitest'
import { memoryIndex } from './shareIndex.ts'
import { shareIndexContract } from './testing/shareIndexContract.ts'

describe('the index in memory', () => {
  it.each(shareIndexContract)('$name', ({ run }) => run(async () => memoryIndex()))
})
