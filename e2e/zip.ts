import { crc32, inflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly bytes: Buffer
  /** As the archive gives it: local time, even seconds. */
  readonly modified: Date
}

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const utf8NameFlag = 0x0800
const deflated = 8

/**
 * The files of a zip by their paths, read as unpackers do: from its central directory (APPNOTE 4.3.12), with every CRC
 * checked. No Zip64. Throws if the archive is not sound.
 */
export function unzip(zip: Buffer): Map<string, ZipEntry> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || zip.readUInt32LE(end) !== endSignature) throw new Error('No end of central directory')
  const entries = new Map<string, ZipEntry>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new Error(`No directory entry at ${at}`)
    const nameLength = zip.readUInt16LE(at + 28)
    const path = zip.toString('utf8', at + 46, at + 46 + nameLength)
    if (entries.has(path)) throw new Error(`${path} is there twice`)
    if (!path.endsWith('/')) entries.set(path, readEntry(zip, at, path))
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return entries
}

function readEntry(zip: Buffer, at: number, path: string): ZipEntry {
  if (/[^\0-\x7f]/.test(path) && (zip.readUInt16LE(at + 8) & utf8NameFlag) === 0) {
    throw new Error(`${path} is not marked as UTF-8`)
  }
  const local = zip.readUInt32LE(at + 42)
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20))
  const bytes = zip.readUInt16LE(at + 10) === deflated ? inflateRawSync(packed) : packed
  if (bytes.length !== zip.readUInt32LE(at + 24)) throw new Error(`${path} has another size`)
  if (crc32(bytes) !== zip.readUInt32LE(at + 16)) throw new Error(`${path} has another CRC`)
  return { bytes, modified: dosTime(zip.readUInt16LE(at + 14), zip.readUInt16LE(at + 12)) }
}

/** MS-DOS date and time (APPNOTE 4.4.6). */
function dosTime(date: number, time: number): Date {
  const [year, month, day] = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31]
  return new Date(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2)
}
