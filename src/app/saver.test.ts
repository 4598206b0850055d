import { expect, it } from 'vitest'
import type { EngineShare } from '../engine/engine.ts'
import { ok } from '../shared/result.ts'
import { fileManifest } from '../swarm/testing/swarmWorld.ts'
import { KnownShares } from './knownShares.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { Saver } from './saver.ts'
import { ShareViews } from './shareViews.ts'

const nothing = (): void => undefined
const manifest = fileManifest(5)
const { share } = manifest
const complete: EngineShare = {
  share,
  manifest,
  state: 'complete',
  source: 'none',
  fault: null,
  pieceCount: 1,
  heldCount: 1,
  claimedCount: 0,
  heldPayloadBytes: 5,
  otherCopies: 1,
  othersCount: 1,
  reachableCount: 1,
  holders: [],
  wastedBytes: 0,
  contradicted: false,
  firstHash: null,
  strip: [],
}

it('is seen to be saving from its first moment to its last, so that no press is lost', async () => {
  const known = new KnownShares()
  known.take({ type: 'sharesChanged', changed: [complete], gone: [] })
  const shares = new ShareViews(known, { memoryLimitBytes: Infinity, canAsk: () => false })
  const seen: (number | undefined)[] = []
  let finish = nothing
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const ended = new Promise<void>((resolve) => {
    const saver = new Saver({
      known,
      shares,
      notices: new NoticeBoard(() => undefined),
      log: nothing,
      store: { blob: async () => ok(new Blob()) },
      save: async (_share, onProgress) => {
        onProgress(3)
        await finished
        return ok(undefined)
      },
      saveAs: null,
      progressed: nothing,
      changed: () => {
        seen.push(shares.saving.get(share))
        if (seen.length === 2) resolve()
      },
    })
    saver.save(share)
    // A second press meanwhile is none.
    saver.save(share)
  })
  expect(seen).toEqual([0])
  finish()
  await ended
  expect(seen).toEqual([0, undefined])
  expect(shares.saved.has(share)).toBe(true)
})
