import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Plugin } from 'vite'
import type { BuiltPage } from '../../src/serviceWorker/builtPage.ts'

const serviceWorker = 'sw.js'
/** Not the page's: itself, what whoever hosts the page edits, what only hosts read, and copies of what is there already. */
const isKept = (file: string): boolean =>
  ![serviceWorker, 'config.json', '_headers'].includes(file) && !/\.(br|gz)$/.test(file)
/** Some hosts send whoever asks for index.html on to the folder. */
const addressOf = (file: string): string => (file === 'index.html' ? './' : file.replaceAll(sep, '/'))

/** Tells the service worker which files the page is made of, once they are all written. */
export function builtPageList(): Plugin {
  let folder = ''
  return {
    name: 'swarmdrop-built-page-list',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir)
    },
    writeBundle: { order: 'post', sequential: true, handler: () => writeBuiltPageList(folder) },
  }
}

/** Writes the list of the page's files in front of the service worker's code. */
export async function writeBuiltPageList(folder: string): Promise<void> {
  const code = await readFile(join(folder, serviceWorker))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  const hashed = paths
    .filter(isKept)
    .toSorted()
    .map(async (file) => [addressOf(file), await integrityOf(join(folder, file))] as const)
  const files = Object.fromEntries(await Promise.all(hashed))
  const id = createHash('sha256').update(JSON.stringify(files)).update(code).digest('hex').slice(0, 16)
  const page: BuiltPage = { id, files }
  await writeFile(join(folder, serviceWorker), `self.builtPage=${JSON.stringify(page)};\n${String(code)}`)
}

/** As the `integrity` of a request (Subresource Integrity, section 3.1). */
async function integrityOf(path: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(path))
  return `sha256-${hash.digest('base64')}`
}
