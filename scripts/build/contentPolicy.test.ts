import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { contentPolicy } from './contentPolicy.ts'

test('the built page carries the policy before anything it could forbid', async () => {
  const root = await mkdtemp(join(tmpdir(), 'swarmdrop-policy-'))
  await writeFile(
    join(root, 'index.html'),
    '<html><head><script type="module" src="./main.js"></script></head></html>',
  )
  await writeFile(join(root, 'main.js'), 'document.title = "Swarmdrop"')
  const built = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    build: { write: false },
    plugins: [contentPolicy()],
  })
  await rm(root, { recursive: true })
  if (!('output' in built)) throw new Error('one build was asked for')
  const page = built.output.find(({ fileName }) => fileName === 'index.html')
  const html = page?.type === 'asset' ? String(page.source) : ''
  expect(html).toContain('http-equiv="Content-Security-Policy"')
  expect(html).toContain('default-src')
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<script'))
})
