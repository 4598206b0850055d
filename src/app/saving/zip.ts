import { makeZip, predictLength } from 'client-zip'
import { blobOrThrow, type Saveable } from './saveable.ts'
import { cleanName } from './fileNames.ts'
import { needsZip64End, withZip64End, zip64EndBytes } from './zip64End.ts'

/** A zip of a folder share as a stream, and how long it will be. */
export interface ZipStream {
  readonly stream: ReadableStream<Uint8Array>
  readonly sizeBytes: number
}

/**
 * Stores the files (they are seldom worth compressing, and bytes come as fast as the disk), with Zip64 where it takes that;
 * paths begin with the folder's name, so that unpacking does not strew files about. Reads one file at a time, as it is asked for.
 */
export function zipStream(folder: Saveable): ZipStream {
  const root = cleanName(folder.name)
  const metas = folder.entries.map(({ path, sizeBytes, modifiedMs }) => ({
    name: `${root}/${path}`,
    size: sizeBytes,
    lastModified: zipDate(modifiedMs),
  }))

  async function* files() {
    let fromBytes = 0
    for (const meta of metas) {
      const blob = await blobOrThrow(folder, fromBytes, fromBytes + meta.size)
      fromBytes += meta.size
      yield { ...meta, input: blob.stream() }
    }
  }
  const stream = makeZip(files())
  const sizeBytes = Number(predictLength(metas))
  if (!needsZip64End(metas)) return { stream, sizeBytes }
  return { stream: withZip64End(stream, metas.length), sizeBytes: sizeBytes + zip64EndBytes }
}

/** Zip counts years from 1980 in seven bits (APPNOTE 4.4.6); a peer may claim any time. */
function zipDate(modifiedMs: number): Date {
  const [earliest, latest] = [new Date(1980, 0, 1), new Date(2107, 11, 31)]
  const clamped = Math.min(latest.getTime(), Math.max(earliest.getTime(), modifiedMs || 0))
  return new Date(clamped)
}
