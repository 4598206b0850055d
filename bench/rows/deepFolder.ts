import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleBytes, sha256 } from '../../e2e/files.ts'
import { save, shareNamed, waitForState } from '../../e2e/room.ts'
import { unzip } from '../../e2e/zip.ts'
import { lastSeconds, openRoom, takeOne } from '../app.ts'
import { told, type Figure } from '../figures.ts'
import { pairOf } from '../pair.ts'
import { Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const files = 10_000
const levels = 20
const fileMaxBytes = 6000
const folderName = 'deep'
const patienceMs = 600_000

/** A folder of many files and many levels, taken, saved as a zip, unpacked and compared, file by file. */
export const deepFolder: Row = { name: 'deep', shaped: false, isBig: true, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const [from, to] = pairOf(await openRoom(await scene.openBrowsers(2), scene.site.app))
  const path = join(await scene.folder(), folderName)
  const hashes = await writeDeepFolder(path)
  const pickedMs = performance.now()
  await from.getByTestId('folder-input').setInputFiles(path)
  await waitForState(shareNamed(from, folderName), 'complete', patienceMs)
  const hashedSeconds = (performance.now() - pickedMs) / 1000
  const takenSeconds = lastSeconds([await takeOne(to, folderName)])
  to.context().setDefaultTimeout(patienceMs)
  const savedMs = performance.now()
  const download = await save(shareNamed(to, folderName))
  const savedSeconds = (performance.now() - savedMs) / 1000
  compare(unzip(await readFile(await download.path())), hashes)
  const what = `${files.toLocaleString('en')} files, ${levels} levels deep`
  return [
    told(`${what}: picked to all hashed`, hashedSeconds, 's'),
    told(`${what}: clicked to complete`, takenSeconds, 's'),
    told(`${what}: saved as a zip, every file compared`, savedSeconds, 's'),
  ]
}

/** Answers the SHA-256 of each file by its path in the zip. */
async function writeDeepFolder(path: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>()
  const bytes = sampleBytes(fileMaxBytes + files)
  for (let at = 0; at < files; at++) {
    const inside = Array.from({ length: at % levels }, (_, level) => `level ${level + 1}`).join('/')
    await mkdir(join(path, inside), { recursive: true })
    const content = bytes.subarray(at, at + (at % fileMaxBytes))
    await writeFile(join(path, inside, `${at}.bin`), content)
    hashes.set([folderName, inside, `${at}.bin`].filter((part) => part !== '').join('/'), sha256(content))
  }
  return hashes
}

function compare(saved: ReturnType<typeof unzip>, hashes: ReadonlyMap<string, string>): void {
  if (saved.size !== hashes.size) throw new Error(`${saved.size} files were saved of ${hashes.size}`)
  for (const [path, hash] of hashes) {
    const entry = saved.get(path)
    if (entry === undefined || sha256(entry.bytes) !== hash) throw new Error(`${path} is not what it was`)
  }
}
