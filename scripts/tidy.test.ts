import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  barrels,
  deadFiles,
  emptyNames,
  emptyTests,
  importsOf,
  sharedLibraries,
  unfinished,
  wrongDirections,
  type Source,
} from './tidy.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function sourcesIn(folder: string): Source[] {
  return readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !/^e2e\/results\/|\/node_modules\//.test(path))
    .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }))
}

const source = (path: string, text: string): Source => ({ path, text })

const page = sourcesIn('src')
const everything = [...page, ...['scripts', 'e2e', 'bench'].flatMap(sourcesIn)]

describe('the house is tidy', () => {
  test('imports go only the way they may', () => expect(wrongDirections(page)).toEqual([]))
  test('each outside library has one file', () => expect(sharedLibraries(page)).toEqual([]))
  test('no file is dead', () => expect(deadFiles(page)).toEqual([]))
  test('every name says something', () => expect(emptyNames(everything)).toEqual([]))
  test('there are no barrels', () => expect(barrels(everything)).toEqual([]))
  test('every test file tests', () => expect(emptyTests(everything)).toEqual([]))
  test('nothing is left unfinished', () => expect(unfinished(everything)).toEqual([]))
})

describe('each check can fail', () => {
  test('all ways to import are seen', () => {
    const text = `
      import a from './a.ts'
      import type { B } from "./b.ts"
      import {
        c,
        type D,
      } from './c.ts'
      import './style.css'
      export { e } from './e.ts'
      export type * from './f.ts'
      const g = await import('./g.ts')
      const h: import('./h.ts').H = new Worker(new URL('./i.worker.ts', import.meta.url))
      import url from './j.ts?worker&url'
      // import('x') in words is an import too, but from './k.ts' alone is none
    `
    expect(importsOf(text).toSorted()).toEqual(
      [
        './style.css',
        'x',
        ...[...'abcefgh'].map((name) => `./${name}.ts`),
        './i.worker.ts',
        './j.ts',
      ].toSorted(),
    )
  })

  test.each([
    ['src/shared/a.ts', '../swarm/b.ts'],
    ['src/swarm/a.ts', '../room/b.ts'],
    ['src/room/a.test.ts', '../link/b.ts'],
    ['src/link/a.ts', '../app/b.ts'],
    ['src/store/storeContract.ts', '../crypto/b.ts'],
    ['src/ui/parts/a.tsx', '../../swarm/b.ts'],
    ['src/simulator/a.ts', '../link/b.ts'],
    ['src/app/a.ts', '../engine/shareBoard.ts'],
    ['src/engine/a.ts', '../app/b.ts'],
    ['src/engine/a.ts', '../signaling/b.ts'],
    ['src/main.tsx', './swarm/b.ts'],
    ['src/app/a.ts', '../main.tsx'],
    ['src/app/a.ts', '../../scripts/server.ts'],
  ])('%s must not import %s', (path, name) => {
    for (const text of [`import type { B } from '${name}'`, `await import('${name}')`]) {
      expect(wrongDirections([source(path, text)])).toHaveLength(1)
    }
  })

  test.each([
    ['src/ui/parts/a.tsx', '../../app/view.ts'],
    ['src/app/a.ts', '../store/b.ts'],
    ['src/app/a.ts', '../engine/openEngine.ts'],
    ['src/app/testing/a.ts', '../../engine/createEngine.ts'],
    ['src/simulator/a.ts', '../link/uplink.ts'],
    ['src/engine/a.ts', '../swarm/b.ts'],
    ['src/main.tsx', './ui/App.tsx'],
    ['src/swarm/a.test.ts', '../shared/random.ts'],
    ['src/link/a.ts', './b.ts'],
    ['src/link/a.ts', 'simple-peer'],
  ])('%s may import %s', (path, name) => {
    expect(wrongDirections([source(path, `import b from '${name}'`)])).toEqual([])
  })

  test('a folder the house does not know is one too many', () => {
    expect(wrongDirections([source('src/lib/a.ts', '')])).toHaveLength(1)
  })

  test('a library in two files', () => {
    const library = "import { x } from '@noble/hashes/sha2.js'"
    const [first, second] = [source('src/crypto/a.ts', library), source('src/crypto/b.ts', library)]
    expect(sharedLibraries([first, second])).toHaveLength(1)
    for (const path of ['src/crypto/b.test.ts', 'src/crypto/testing/b.ts'])
      expect(sharedLibraries([first, source(path, library)])).toEqual([])
    const react = "import { useState } from 'react'"
    expect(sharedLibraries([source('src/ui/a.tsx', react), source('src/ui/b.tsx', react)])).toEqual([])
  })

  test('a dead file', () => {
    const main = source('src/main.tsx', "import './ui/App.tsx'")
    const app = source('src/ui/App.tsx', '')
    const worker = source('src/store/opfs.worker.ts', '')
    expect(deadFiles([main, app, worker])).toEqual([])
    const old = source('src/ui/old.ts', '')
    expect(deadFiles([main, app, worker, old])).toEqual(['src/ui/old.ts is imported by nobody'])
    const itsTest = source('src/ui/old.test.ts', "import './old.ts'")
    expect(deadFiles([main, app, worker, old, itsTest])).toEqual([
      'src/ui/old.ts is imported by nobody but tests',
    ])
    const twin = source('src/link/memoryLink.ts', '')
    expect(deadFiles([twin])).toHaveLength(1)
    expect(deadFiles([twin, source('src/app/app.test.ts', "import '../link/memoryLink.ts'")])).toEqual([])
  })

  test('a name that says nothing', () => {
    for (const name of ['utils.ts', 'util.ts', 'helpers.ts', 'utils.test.ts']) {
      expect(emptyNames([source(`src/app/${name}`, '')])).toHaveLength(1)
    }
    expect(emptyNames([source('src/app/utilisation.ts', '')])).toEqual([])
  })

  test('a barrel', () => {
    const passedOn = "/** All. */\nexport * from './a.ts'\nexport {\n  b,\n} from './b.ts'\n"
    expect(barrels([source('src/app/index.ts', passedOn)])).toHaveLength(1)
    expect(barrels([source('src/store/index.ts', `${passedOn}export const own = 1`)])).toEqual([])
    expect(barrels([source('src/store/index.ts', '')])).toEqual([])
  })

  test('a test file without a test', () => {
    expect(emptyTests([source('src/app/a.test.ts', "import { test } from 'vitest'")])).toHaveLength(1)
    expect(emptyTests([source('src/app/a.test.ts', "test.each([1])('works', () => {})")])).toEqual([])
    expect(emptyTests([source('src/app/a.test.ts', 'storeContract(openMemoryStore)')])).toEqual([])
  })

  test('unfinished work', () => {
    // Put together here, so that this file passes the check it shows failing.
    const marks = [
      ['TO', 'DO later'],
      ['FIX', 'ME'],
      ['test.on', "ly('this one')"],
    ].map((parts) => parts.join(''))
    for (const text of marks) expect(unfinished([source('src/app/a.ts', text)])).toHaveLength(1)
    expect(unfinished([source('src/app/a.ts', 'const todos = onlyThese()')])).toEqual([])
  })
})
