import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBelow, seededRandom } from '../../src/shared/random.ts'
import { sampleBytes, sha256, sha256OfFile, writeSampleFile, writeTree } from '../files.ts'
import { unzip } from '../zip.ts'
import type { SampleSpec } from './steps.ts'

/** SHA-256 of every file of a share, by its path in it; of a single file by ''. */
type Hashes = ReadonlyMap<string, string>

/** What was dropped, on the disk, and what it was: what anybody saves of it is compared with that. */
export class Samples {
  readonly #folder: string
  readonly #hashes = new Map<string, Hashes>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Writes it, once; answers its path. */
  async write(spec: SampleSpec): Promise<string> {
    await mkdir(this.#folder, { recursive: true })
    const path = this.pathOf(spec.name)
    if (!this.#hashes.has(spec.name)) this.#hashes.set(spec.name, await writeSample(spec, path))
    return path
  }

  pathOf(name: string): string {
    return join(this.#folder, name)
  }

  /** Nobody has it any more who could be asked for it. */
  async forget(name: string): Promise<void> {
    await rm(this.pathOf(name), { recursive: true, force: true })
  }

  /** What is wrong with a file that a browser saved; null if it is what was dropped. */
  async faultOf(savedName: string, savedPath: string): Promise<string | null> {
    const name = savedName.replace(/\.zip$/, '')
    const wanted = this.#hashes.get(name)
    if (wanted === undefined) return `${savedName} was saved, and nobody ever dropped it`
    const saved = wanted.has('')
      ? new Map([['', await sha256OfFile(savedPath)]])
      : await hashesInZip(savedPath, name)
    if (!isSame(saved, wanted)) return `${savedName} was saved with other bytes than were dropped`
    return null
  }
}

async function writeSample(spec: SampleSpec, path: string): Promise<Hashes> {
  if (spec.kind === 'file') return new Map([['', await writeSampleFile(path, spec.sizeBytes, spec.seed)]])
  const random = seededRandom(spec.seed)
  const files = new Map<string, Buffer>()
  for (let at = 0; at < spec.fileCount; at++) {
    const deep = `${'in/'.repeat(at % 5)}${at}.bin`
    files.set(deep, sampleBytes(randomBelow(random, spec.fileMaxBytes), spec.seed + at))
  }
  await writeTree(path, files)
  return new Map([...files].map(([at, bytes]) => [at, sha256(bytes)]))
}

async function hashesInZip(path: string, name: string): Promise<Hashes> {
  const entries = unzip(await readFile(path))
  return new Map([...entries].map(([at, { bytes }]) => [at.slice(name.length + 1), sha256(bytes)]))
}

const isSame = (one: Hashes, other: Hashes): boolean =>
  one.size === other.size && [...one].every(([path, hash]) => other.get(path) === hash)
