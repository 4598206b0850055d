import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { Events } from '../shared/events.ts'
import { LinkEnd, queueTargetMs, Uplink } from './uplink.ts'

const bytesPerMs = 100
const KiB = 1024

function uplink() {
  const events = new Events()
  const up = new Uplink(bytesPerMs, events)
  const left: [string, number][] = []
  const send = (end: LinkEnd, lengthBytes: number, isBlock: boolean, name: string): void =>
    up.send(end, lengthBytes, isBlock, (at) => left.push([name, at]))
  const run = (untilMs: number): void => {
    while (events.step(untilMs)) continue
  }
  return { up, events, left, send, run }
}

describe('Uplink', () => {
  it('lets what is handed over leave first in, first out, at its rate', () => {
    const { left, send, run } = uplink()
    const end = new LinkEnd()
    send(end, 1000, false, 'one')
    send(end, 500, false, 'other')
    run(100)
    expect(left).toEqual([
      ['one', 10],
      ['other', 15],
    ])
  })

  it('keeps what windows hold back in the links: the queue in front of it stays short', () => {
    const { up, left, send, run } = uplink()
    send(new LinkEnd(), 64 * KiB, true, 'block')
    const partMs = limits.laneMessageMinBytes / bytesPerMs
    for (let at = 0; at < 600; at += 10) {
      run(at)
      expect(up.queueMs).toBeLessThan(queueTargetMs + partMs)
    }
    run(700)
    expect(left[0]?.[1]).toBeCloseTo((64 * KiB) / bytesPerMs)
  })

  it('lets a message overtake the blocks of its link, and links take turns', () => {
    const { left, send, run } = uplink()
    const [one, other] = [new LinkEnd(), new LinkEnd()]
    send(one, 64 * KiB, true, 'long block')
    send(other, 16 * KiB, true, 'short block')
    send(one, 100, false, 'message')
    run(2000)
    expect(left.map(([name]) => name)).toEqual(['message', 'short block', 'long block'])
  })

  it('forgets what a link held that is gone', () => {
    const { left, send, run, up } = uplink()
    const end = new LinkEnd()
    send(end, 64 * KiB, true, 'block')
    up.forget(end)
    run(2000)
    expect(left).toEqual([])
  })

  it('gives a link its share of the way and the queue, and one part at least', () => {
    const { up, send } = uplink()
    const end = new LinkEnd()
    expect(up.linkRoomBytes(end, 60, 1, 0)).toBe(bytesPerMs * (60 + queueTargetMs))
    expect(up.linkRoomBytes(end, 60, 2, 0)).toBe((bytesPerMs * (60 + queueTargetMs)) / 2)
    expect(up.linkRoomBytes(end, 60, 100, 0)).toBe(limits.laneMessageMinBytes)
    send(end, 3000, true, 'block')
    expect(up.linkRoomBytes(end, 60, 1, 0)).toBe(bytesPerMs * (60 + queueTargetMs) - 3000)
  })
})
