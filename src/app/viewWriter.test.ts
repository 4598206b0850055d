import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { openViewStore } from './viewStore.ts'
import { KnownShares } from './knownShares.ts'
import { ShareViews } from './shareViews.ts'
import { ViewWriter, type ViewSources } from './viewWriter.ts'

/** A writer whose page takes so long to draw; how often it has drawn. */
function drawingIn(tookMs: number) {
  const clock = new MemoryClock()
  const store = openViewStore({ name: 'Amber', device: 'desktop' }, '')
  let drawn = 0
  store.subscribe(() => {
    drawn++
    // As React does: what hears of a change draws it before the task ends, and not at once.
    queueMicrotask(() => clock.advanceTo(clock.now() + tookMs))
  })
  const sources: ViewSources = {
    storage: { kind: 'disk' },
    shares: new ShareViews(new KnownShares(), { memoryLimitBytes: Infinity, canAsk: () => false }),
    room: {
      members: () => [],
      giversOf: () => new Set(),
      signalingState: () => 'online',
      brokers: () => [],
      links: { lanes: () => 0 },
    },
    hiding: () => 'off',
    noticed: () => undefined,
    originOf: () => null,
    acquaintances: () => null,
  }
  const writer = new ViewWriter(sources, store, clock)
  const drawnIn = async (spanMs: number): Promise<number> => {
    const before = drawn
    const end = clock.now() + spanMs
    for (;;) {
      writer.touch()
      const next = clock.nextAt()
      if (next === null || next > end) return drawn - before
      clock.advanceTo(next)
      await Promise.resolve()
    }
  }
  return { drawnIn, writer, clock, drawn: () => drawn }
}

const tenSecondsMs = 10_000

describe('the view', () => {
  it('is written four times a second while something changes', async () => {
    expect(await drawingIn(0).drawnIn(tenSecondsMs)).toBe(tenSecondsMs / limits.viewIntervalMs)
  })

  it('is written less often where that takes long, and once a second at least', async () => {
    expect(await drawingIn(10).drawnIn(tenSecondsMs)).toBeLessThan(tenSecondsMs / 500)
    expect(await drawingIn(200).drawnIn(tenSecondsMs)).toBeGreaterThanOrEqual(
      Math.floor(tenSecondsMs / (limits.viewIntervalMaxMs + 200)),
    )
  })

  it('is written at once where something happened, and once for all that happened', () => {
    const { writer, clock, drawn } = drawingIn(0)
    writer.touch()
    const before = drawn()
    for (let count = 0; count < 3; count++) writer.touchNow()
    clock.advanceTo(clock.now())
    expect(drawn()).toBe(before + 1)
  })

  it('is not drawn all the time where something happens all the time', async () => {
    const { writer, clock, drawn } = drawingIn(40)
    writer.write()
    const before = drawn()
    const end = clock.now() + tenSecondsMs
    while (clock.now() < end) {
      writer.touchNow()
      clock.advanceTo(clock.now() + 1)
      await Promise.resolve()
    }
    expect(drawn() - before).toBeLessThanOrEqual(tenSecondsMs / limits.viewIntervalMs)
    expect(drawn() - before).toBeGreaterThanOrEqual(tenSecondsMs / limits.viewIntervalMaxMs - 1)
  })
})
