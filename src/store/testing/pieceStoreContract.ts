import { concatBytes } from '../../shared/bytes.ts'
import { pieceCount } from '../../shared/geometry.ts'
import { limits } from '../../shared/limits.ts'
import { randomShareId } from '../../shared/random.ts'
import type { PieceStore } from '../pieceStore.ts'
import {
  blobBytes,
  faulted,
  filesOf,
  keepAll,
  keepPiece,
  pieceOf,
  pieceSizeBytes,
  putPiece,
  random,
  readPiece,
  same,
  sameBytes,
  sample,
  sha256,
  value,
} from './pieceStoreSamples.ts'

/** What every piece store must do, whatever its disk. Needs no test framework: it also runs inside browser pages. */
export interface ContractCase {
  readonly name: string
  run(openStore: () => Promise<PieceStore>): Promise<void>
}

export const pieceStoreContract: readonly ContractCase[] = [
  {
    name: 'keeps right pieces of every size round the borders',
    async run(openStore) {
      const store = await openStore()
      for (const sizeBytes of [
        1,
        pieceSizeBytes - 1,
        pieceSizeBytes,
        pieceSizeBytes + 1,
        3 * pieceSizeBytes + 5,
      ]) {
        const file = sample(sizeBytes)
        await keepAll(store, file)
        for (let piece = 0; piece < pieceCount(file.geometry); piece++) {
          sameBytes(await readPiece(store, file, piece), pieceOf(file, piece), `${sizeBytes}, piece ${piece}`)
        }
        sameBytes(await blobBytes(store, file), file.bytes, `blob of ${sizeBytes}`)
      }
      await store.close()
    },
  },
  {
    name: 'gathers large pieces from blocks in any order and reads parts of them',
    async run(openStore) {
      const store = await openStore()
      const file = sample(5 * limits.blockSizeBytes + 3, 4 * limits.blockSizeBytes)
      await keepAll(store, file)
      const part = value(await store.read(file.share, 0, limits.blockSizeBytes + 1, 1000))
      sameBytes(part, file.bytes.slice(limits.blockSizeBytes + 1, limits.blockSizeBytes + 1001), 'part')
      await store.close()
    },
  },
  {
    name: 'forgets a wrong piece and takes the right one afterwards',
    async run(openStore) {
      const store = await openStore()
      const file = sample(2 * pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      putPiece(store, file, 1, new Uint8Array(pieceSizeBytes))
      const hash = await sha256(pieceOf(file, 1))
      same(value(await store.checkPiece(file.share, 1, hash)), 'corrupt', 'wrong piece')
      await keepPiece(store, file, 1)
      sameBytes(await readPiece(store, file, 1), pieceOf(file, 1), 'right piece')
      await store.close()
    },
  },
  {
    name: 'is not fooled by a block that comes while the piece is checked or after it is kept',
    async run(openStore) {
      const store = await openStore()
      const file = sample(pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      putPiece(store, file, 0)
      const check = store.checkPiece(file.share, 0, await sha256(file.bytes))
      putPiece(store, file, 0, new Uint8Array(pieceSizeBytes))
      same(value(await check), 'kept', 'check')
      putPiece(store, file, 0, new Uint8Array(pieceSizeBytes))
      same(value(await store.checkPiece(file.share, 0, await sha256(file.bytes))), 'kept', 'second check')
      sameBytes(await readPiece(store, file, 0), file.bytes, 'kept piece')
      await store.close()
    },
  },
  {
    name: 'joins two checks of the same piece, the hash being a view of a list',
    async run(openStore) {
      const store = await openStore()
      const file = sample(pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      putPiece(store, file, 0)
      const list = concatBytes([new Uint8Array(32), await sha256(file.bytes), new Uint8Array(32)])
      const hash = list.subarray(32, 64)
      const both = [store.checkPiece(file.share, 0, hash), store.checkPiece(file.share, 0, hash)]
      for (const checked of await Promise.all(both)) same(value(checked), 'kept', 'check')
      same(list.length, 96, 'the list stays with the caller')
      await store.close()
    },
  },
  {
    name: 'finishes a piece with its last block in one call, and reads with room before the bytes',
    async run(openStore) {
      const store = await openStore()
      const file = sample(pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      const hash = await sha256(file.bytes)
      const [wrong, right] = [file.bytes.map((byte) => byte ^ 1), file.bytes.slice()]
      same(value(await store.finishPiece(file.share, 0, 0, wrong, hash)), 'corrupt', 'wrong block')
      same(value(await store.finishPiece(file.share, 0, 0, right, hash)), 'kept', 'right block')
      const read = value(await store.read(file.share, 0, 5, 7, 100))
      sameBytes(read, file.bytes.slice(5, 12), 'bytes')
      same(read.byteOffset >= 100, true, 'room')
      const hashed = sample(3)
      value(await store.attach(hashed.share, hashed.geometry, [new File([hashed.bytes], 'f')]))
      const attached = value(await store.read(hashed.share, 0, 1, 2, 64))
      sameBytes(attached, hashed.bytes.slice(1), 'bytes of a file')
      same(attached.byteOffset >= 64, true, 'room before a file’s')
      faulted(
        await store.finishPiece(randomShareId(random), 0, 0, file.bytes.slice(), hash),
        'gone',
        'unknown',
      )
      await store.close()
    },
  },
  {
    name: 'forgets the blocks of a dropped piece',
    async run(openStore) {
      const store = await openStore()
      const file = sample(pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      putPiece(store, file, 0)
      store.dropPiece(file.share, 0)
      // Not `corrupt`: nobody gave wrong bytes.
      faulted(await store.checkPiece(file.share, 0, await sha256(file.bytes)), 'broken', 'dropped')
      await keepPiece(store, file, 0)
      await store.close()
    },
  },
  {
    name: 'takes shares without a byte',
    async run(openStore) {
      const store = await openStore()
      const [fromRoom, fromHere] = [sample(0), sample(0)]
      value(await store.create(fromRoom.share, fromRoom.geometry))
      value(await store.attach(fromHere.share, fromHere.geometry, [new File([], 'empty')]))
      same((await blobBytes(store, fromRoom)).length, 0, 'from the room')
      same((await blobBytes(store, fromHere)).length, 0, 'from here')
      await store.close()
    },
  },
  {
    name: 'reads, hashes and hands out offered files, many to a piece and many pieces to a file',
    async run(openStore) {
      const store = await openStore()
      const folder = sample(5 * pieceSizeBytes + 17)
      const tiny = Array.from({ length: 1000 }, (_, at) => at % 40)
      const files = filesOf(folder, 0, ...tiny, pieceSizeBytes * 3, 0)
      value(await store.attach(folder.share, folder.geometry, files))
      for (let piece = 0; piece < pieceCount(folder.geometry); piece++) {
        const expected = pieceOf(folder, piece)
        sameBytes(value(await store.hashPiece(folder.share, piece)), await sha256(expected), `hash ${piece}`)
        sameBytes(await readPiece(store, folder, piece), expected, `piece ${piece}`)
      }
      sameBytes(await blobBytes(store, folder), folder.bytes, 'blob')
      sameBytes(await blobBytes(store, folder, 40, 90_000), folder.bytes.slice(40, 90_000), 'part of it')
      await store.close()
    },
  },
  {
    name: 'keeps a copy of many small files as they are hashed, where it has a disk, for a later page',
    async run(openStore) {
      const store = await openStore()
      const folder = sample(3 * pieceSizeBytes + 5)
      const files = filesOf(folder, ...Array.from({ length: limits.copiedFilesMin }, () => 99))
      value(await store.attach(folder.share, folder.geometry, files, true))
      for (let piece = 0; piece < 4; piece++) value(await store.hashPiece(folder.share, piece))
      for (let piece = 0; piece < 4; piece++)
        sameBytes(await readPiece(store, folder, piece), pieceOf(folder, piece), `piece ${piece}`)
      sameBytes(await blobBytes(store, folder), folder.bytes, 'blob')
      const marks = value(await store.restore(folder.share, folder.geometry))
      same(marks.join(''), store.kind === 'disk' ? '1111' : '0000', 'marks')
      await store.remove(folder.share)
      await store.close()
    },
  },
  {
    name: 'reads offered files without hashing them first, several readers at once',
    async run(openStore) {
      const store = await openStore()
      const file = sample(limits.attachedSpanMaxBytes * 3 + 1, limits.attachedSpanMaxBytes * 2)
      value(await store.attach(file.share, file.geometry, filesOf(file)))
      const whole = [...Array(8)].map(() => readPiece(store, file, 0))
      for (const bytes of await Promise.all(whole)) sameBytes(bytes, pieceOf(file, 0), 'piece 0')
      sameBytes(await readPiece(store, file, 1), pieceOf(file, 1), 'piece 1')
      await store.close()
    },
  },
  {
    name: 'completes a share from the room with the same file dropped here',
    async run(openStore) {
      const store = await openStore()
      const file = sample(4 * pieceSizeBytes + 1)
      value(await store.create(file.share, file.geometry))
      await keepPiece(store, file, 1)
      await keepPiece(store, file, 4)
      value(await store.attach(file.share, file.geometry, filesOf(file, 100)))
      for (let piece = 0; piece < 5; piece++) {
        sameBytes(await readPiece(store, file, piece), pieceOf(file, piece), `piece ${piece}`)
      }
      sameBytes(await blobBytes(store, file), file.bytes, 'blob')
      await store.close()
    },
  },
  {
    name: 'refuses files that are not as long as the share',
    async run(openStore) {
      const store = await openStore()
      const file = sample(pieceSizeBytes)
      const [longer] = filesOf(sample(pieceSizeBytes + 1))
      faulted(
        await store.attach(file.share, file.geometry, longer ? [longer] : []),
        'sourceChanged',
        'attach',
      )
      faulted(await store.read(file.share, 0, 0, 1), 'gone', 'read')
      await store.close()
    },
  },
  {
    name: 'goes on after its bytes were handed out as a blob, and keeps the blob good',
    async run(openStore) {
      const store = await openStore()
      const file = sample(3 * pieceSizeBytes)
      await keepAll(store, file)
      const blob = value(await store.blob(file.share, 10, 2 * pieceSizeBytes))
      sameBytes(await readPiece(store, file, 2), pieceOf(file, 2), 'read after')
      const bytes = new Uint8Array(await blob.arrayBuffer())
      sameBytes(bytes, file.bytes.slice(10, 2 * pieceSizeBytes), 'blob')
      await store.close()
    },
  },
  {
    name: 'hands out a blob of what is kept before the rest has come',
    async run(openStore) {
      const store = await openStore()
      const file = sample(2 * pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      await keepPiece(store, file, 1)
      sameBytes(await blobBytes(store, file, pieceSizeBytes), pieceOf(file, 1), 'second half')
      await keepPiece(store, file, 0)
      sameBytes(await blobBytes(store, file), file.bytes, 'whole')
      await store.close()
    },
  },
  {
    name: 'refuses what cannot fit',
    async run(openStore) {
      const store = await openStore()
      const huge = { sizeBytes: limits.shareSizeMaxBytes, pieceSizeBytes: limits.pieceSizeMaxBytes }
      const share = randomShareId(random)
      faulted(await store.create(share, huge), 'full', 'create')
      faulted(await store.read(share, 0, 0, 1), 'gone', 'read')
      await store.close()
    },
  },
  {
    name: 'says `gone` to every call on an unknown share',
    async run(openStore) {
      const store = await openStore()
      const { share } = sample(1)
      store.putBlock(share, 0, 0, new Uint8Array(1))
      store.dropPiece(share, 0)
      await store.remove(share)
      faulted(await store.checkPiece(share, 0, new Uint8Array(32)), 'gone', 'checkPiece')
      faulted(await store.hashPiece(share, 0), 'gone', 'hashPiece')
      faulted(await store.read(share, 0, 0, 1), 'gone', 'read')
      faulted(await store.blob(share, 0, 1), 'gone', 'blob')
      await store.close()
    },
  },
  {
    name: 'takes a share again at once after its removal, whatever was under way',
    async run(openStore) {
      const store = await openStore()
      const file = sample(2 * pieceSizeBytes)
      value(await store.create(file.share, file.geometry))
      await keepPiece(store, file, 0)
      putPiece(store, file, 1)
      const check = store.checkPiece(file.share, 1, await sha256(pieceOf(file, 1)))
      const removed = store.remove(file.share)
      const again = { ...sample(pieceSizeBytes), share: file.share }
      await keepAll(store, again)
      const checked = await check
      // It may have been done before the removal.
      if (!checked.ok) faulted(checked, 'gone', 'check')
      await removed
      sameBytes(await readPiece(store, again, 0), again.bytes, 'the new share')
      await store.close()
    },
  },
  {
    name: 'says `gone` after the end',
    async run(openStore) {
      const store = await openStore()
      const file = sample(pieceSizeBytes)
      await keepAll(store, file)
      await store.close()
      faulted(await store.read(file.share, 0, 0, 1), 'gone', 'read')
      faulted(await store.create(file.share, file.geometry), 'gone', 'create')
      store.putBlock(file.share, 0, 0, new Uint8Array(1))
    },
  },
]
