import { isDeepStrictEqual } from 'node:util'
import { cleanName, cleanPaths } from '../../src/app/saving/fileNames.ts'
import { zipStream } from '../../src/app/saving/zip.ts'
import { sha256AtOnce } from '../../src/crypto/nobleHashes.ts'
import { AwaitedDownloads } from '../../src/serviceWorker/awaitedDownloads.ts'
import { savingAddress, type SaveRequest } from '../../src/serviceWorker/savingProtocol.ts'
import { textFromUtf8, utf8FromText } from '../../src/shared/bytes.ts'
import { pieceLength } from '../../src/shared/geometry.ts'
import { limits } from '../../src/shared/limits.ts'
import { assert, fail } from '../../src/shared/result.ts'
import {
  encodeManifest,
  geometryOf,
  parseManifest,
  pieceCountOf,
  type Manifest,
} from '../../src/swarm/manifest.ts'
import { newManifest } from '../../src/swarm/testing/swarmWorld.ts'
import { decodeTree, encodeTree, pathDepth } from '../../src/swarm/tree.ts'
import { accepted, bytesTarget, isSameJson, jsonOf, refused, textTarget } from './target.ts'

/** Manifests of honest origins. */
export const file = newManifest(9)
export const folder = newManifest(3, {
  kind: 'folder',
  name: 'Bilder 📷',
  treeSizeBytes: 77,
  fileCount: 3,
  modifiedMs: 1.7e12,
})
/** What everybody may rely on in a manifest that was accepted. */
export function mustBeWithinLimits(manifest: Manifest): void {
  const { sizeBytes, treeSizeBytes, name, fileCount } = manifest
  assert(sizeBytes + treeSizeBytes <= limits.shareSizeMaxBytes, 'it is not too large')
  assert(name.length <= limits.nameLengthMax && fileCount <= limits.entriesMax, 'nothing of it is too long')
  const [pieces, geometry] = [pieceCountOf(manifest), geometryOf(manifest)]
  assert(pieces <= limits.piecesPerShareMax, 'there are not too many pieces')
  const lastBytes = pieces === 0 ? 0 : pieceLength(geometry, pieces - 1)
  const sumBytes = Math.max(0, pieces - 1) * geometry.pieceSizeBytes + lastBytes
  assert(sumBytes === geometry.sizeBytes && (pieces === 0 || lastBytes > 0), 'its pieces add up')
  mustBeCleanName(cleanName(name))
}

const manifest = textTarget(
  'manifest',
  [file, folder].map((one) => textFromUtf8(encodeManifest(one)) ?? ''),
  (text) => {
    const value = jsonOf(text)
    const parsed = value === undefined ? null : parseManifest(value, sha256AtOnce)
    if (parsed === null) return refused('null')
    mustBeWithinLimits(parsed)
    const again = parseManifest(JSON.parse(textFromUtf8(encodeManifest(parsed)) ?? ''), sha256AtOnce)
    assert(isDeepStrictEqual(again, parsed), 'encoded, it parses to the same')
    return accepted(parsed)
  },
)

const trees = [
  [{ path: 'a.txt', sizeBytes: 3, modifiedMs: 1.7e12 }],
  [
    { path: 'b/c/.gitignore', sizeBytes: 0, modifiedMs: 0 },
    { path: 'b/../B/C.', sizeBytes: 2 ** 40, modifiedMs: -1.5 },
    { path: 'con/\u202e', sizeBytes: 5, modifiedMs: 1e300 },
    { path: 'con/\u202e', sizeBytes: 5, modifiedMs: 1e300 },
  ],
  [],
].map((entries) => textFromUtf8(encodeTree(entries)) ?? '')

const noBlob = async () => fail({ code: 'gone' } as const)

/** Who lies in a tree lies in its manifest too, so that they agree. */
const tree = textTarget('tree', trees, (text) => {
  const value = jsonOf(text)
  const rows: unknown[] = Array.isArray(value) ? value.slice(1) : []
  const sizes = rows.map((row) => (Array.isArray(row) && typeof row[1] === 'number' ? row[1] : 0))
  const facts = { fileCount: rows.length, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) }
  const entries = decodeTree(utf8FromText(text), facts)
  if (entries === null) return refused('null')
  assert(isSameJson(decodeTree(encodeTree(entries), facts), entries), 'encoded, it decodes to the same')
  assert(
    entries.every(({ path }) => pathDepth(path) <= limits.pathDepthMax),
    'no path is too deep',
  )
  const paths = cleanPaths(entries.map(({ path }) => path))
  if (paths === null) return refused('too many folders')
  mustBeCleanPaths(paths)
  const cleaned = paths.map((path, at) => {
    const { sizeBytes = 0, modifiedMs = 0 } = entries[at] ?? {}
    return { path, sizeBytes, modifiedMs }
  })
  const zip = zipStream({ name: 'x', kind: 'folder', entries: cleaned, blob: noBlob })
  assert(Number.isFinite(zip.sizeBytes) && zip.sizeBytes > facts.sizeBytes, 'a zip of it has a length')
  return accepted(entries)
})

/** What every system takes as a file's name: nothing hidden, nothing that leads elsewhere. */
function mustBeCleanName(name: string): void {
  assert(name.length >= 1 && name.length <= limits.nameLengthMax, 'a name has a fit length')
  assert(
    !/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069<>:"|?*/\\]|[\s.]$|^\s/u.test(name),
    'nothing odd is in a name',
  )
  assert(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu.test(name), 'it is no device')
}

function mustBeCleanPaths(paths: readonly string[]): void {
  for (const path of paths) {
    assert(pathDepth(path) <= limits.pathDepthMax, 'no path is too deep')
    for (const part of path.split('/')) mustBeCleanName(part)
  }
  const keys = paths.map((path) => path.normalize('NFC').toLowerCase().toUpperCase())
  assert(new Set(keys).size === keys.length, 'no two are the same')
  const folders = new Set(
    keys.flatMap((key) => key.split('/').map((_, at, parts) => parts.slice(0, at).join('/'))),
  )
  assert(
    keys.every((key) => !folders.has(key)),
    'no file is a folder',
  )
}

/** Names as UTF-16, halves of characters too, a line each. */
const fileNames = bytesTarget(
  'fileNames',
  [
    'a/b/c.txt\nA/B/C.TXT\na/b',
    '../.git\ncon.txt\nx \u202e.\n\ud83d\n👍👍.jpeg\nﬁ\nﬁ (2)',
    'x (2).txt\nx.txt\nX.txt',
  ].map((text) => new Uint8Array(Buffer.from(text, 'utf16le'))),
  (bytes) => {
    const names = Buffer.from(bytes).toString('utf16le').split('\n')
    for (const name of names) {
      const cleaned = cleanName(name)
      mustBeCleanName(cleaned)
      assert(cleanName(cleaned) === cleaned && !cleaned.startsWith('.'), 'cleaned again, it is the same')
    }
    const paths = cleanPaths(names)
    if (paths === null) return refused('too many folders')
    assert(paths.length === names.length, 'each has a path')
    mustBeCleanPaths(paths)
    return accepted({
      numbered: paths.some((path) => / \(\d+\)/.test(path)),
      depth: Math.max(...paths.map(pathDepth)),
    })
  },
)

const request = {
  type: 'save',
  id: 'b1f0b5a2-7d5e-4c4e-8a5f-0123456789ab',
  name: 'Bilder 📷.zip',
  sizeBytes: 7,
}
const scope = 'https://page.example/drop/'

/** What any page of our origin may say to the service worker. */
const saveRequest = textTarget(
  'saveRequest',
  [request, { ...request, name: `%"'()*!`, sizeBytes: 0 }].map((said) => JSON.stringify(said)),
  (text) => {
    const awaited = new AwaitedDownloads<null>(scope)
    const said = jsonOf(text)
    if (awaited.announce(said, scope, null) !== 'ready') return refused('refused')
    const url = savingAddress(scope, (said as SaveRequest).id)
    assert(url.startsWith(`${scope}saving/`), 'its address lies below the page')
    const headers = new Headers(awaited.take({ url, method: 'GET', mode: 'navigate' })?.headers)
    const disposition = headers.get('content-disposition') ?? ''
    assert(
      /^attachment; filename="[ !#-~]*"; filename\*=UTF-8''[\w%.~&+^`|$#-]*$/.test(disposition),
      'it is saved, under its name',
    )
    return accepted(disposition)
  },
)

/** What decides what is saved, and under which name. */
export const savingTargets = [manifest, tree, fileNames, saveRequest]
