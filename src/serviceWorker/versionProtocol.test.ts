import { expect, it } from 'vitest'
import { openLock, openScripts } from './versionProtocol.ts'

const scope = 'https://some.example/drop/'
const script = `${scope}assets/main-1a2b3c4d.js`
const elsewhere = openLock('https://some.example/other/assets/main-1a2b3c4d.js')

it('open pages are known by their locks, those of other folders left out', () => {
  expect(openScripts([openLock(script), 'swarmdrop-tab-x', undefined, elsewhere], scope, 1)).toEqual([script])
  expect(openScripts([elsewhere], scope, 0)).toEqual([])
})

it('while a page has not said what it is, nobody knows what it needs', () => {
  expect(openScripts([openLock(script)], scope, 2)).toBeNull()
  expect(openScripts([elsewhere], scope, 1)).toBeNull()
})
