import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export const MiB = 1024 * 1024

export interface SampleFile {
  readonly name: string
  readonly bytes: Buffer
}

/** Bytes that do not compress and are the same for the same seed: an AES-CTR key stream. */
export function sampleBytes(sizeBytes: number, seed = 1): Buffer {
  return keyStream(seed).update(Buffer.alloc(sizeBytes))
}

/** Writes a file of sample bytes without ever holding it whole; answers its SHA-256. */
export async function writeSampleFile(path: string, sizeBytes: number, seed = 1): Promise<string> {
  const stream = keyStream(seed)
  const hash = createHash('sha256')
  const file = await open(path, 'w')
  for (let at = 0; at < sizeBytes; at += MiB) {
    const part = stream.update(Buffer.alloc(Math.min(MiB, sizeBytes - at)))
    hash.update(part)
    await file.write(part)
  }
  await file.close()
  return hash.digest('hex')
}

function keyStream(seed: number): ReturnType<typeof createCipheriv> {
  const key = createHash('sha256').update(String(seed)).digest().subarray(0, 16)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
}

/** Writes files under `folder`; keys are paths with forward slashes. Answers the folder's path. */
export async function writeTree(folder: string, files: ReadonlyMap<string, Buffer>): Promise<string> {
  for (const [path, bytes] of files) {
    const place = join(folder, ...path.split('/'))
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, bytes)
  }
  return folder
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part as Buffer)
  return hash.digest('hex')
}
