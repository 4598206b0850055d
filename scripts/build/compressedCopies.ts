import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const [brotlied, gzipped] = [promisify(brotliCompress), promisify(gzip)]

const isText = (file: string): boolean => /\.(html|js|css|svg|json|webmanifest|txt)$/.test(file)
/** Whoever hosts the page edits this one: an old copy beside it would be served in its place. */
const isEdited = (file: string): boolean => file === 'config.json'

/** Writes `NAME.br` and `NAME.gz` beside each text file of the built page, where they are smaller than it. */
export function compressedCopies(): Plugin {
  let folder = ''
  return {
    name: 'swarmdrop-compressed-copies',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir)
    },
    closeBundle: () => writeCompressedCopies(folder),
  }
}

export async function writeCompressedCopies(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true })
  await Promise.all(
    files.filter((file) => isText(file) && !isEdited(file)).map((file) => compress(join(folder, file))),
  )
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path)
  const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }
  const copies = { br: await brotlied(bytes, options), gz: await gzipped(bytes, { level: 9 }) }
  for (const [ending, copy] of Object.entries(copies)) {
    if (copy.length < bytes.length) await writeFile(`${path}.${ending}`, copy)
  }
}
