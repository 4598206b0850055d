import { describe, expect, it } from 'vitest'
import { queueTargetMs, roomOf, Uplink } from './uplink.ts'

describe('Uplink', () => {
  it('lets what all links of a host send leave first in, first out', () => {
    const uplink = new Uplink(10)
    expect(uplink.take(100, 0)).toBe(10)
    expect(uplink.take(50, 0)).toBe(15)
    expect(uplink.waitMs(5)).toBe(10)
    expect(uplink.take(100, 40)).toBe(50)
    expect(uplink.waitMs(60)).toBe(0)
  })
})

describe('roomOf', () => {
  it('is what keeps the queue short, and one message where nothing is on its way', () => {
    const uplink = new Uplink(10)
    expect(roomOf(uplink, 0, 0)).toBe(10 * queueTargetMs)
    uplink.take(10 * queueTargetMs, 0)
    expect(roomOf(uplink, 500, 0)).toBe(0)
    expect(roomOf(uplink, 0, 0)).toBe(1)
    expect(roomOf(uplink, 500, 20)).toBe(200)
  })
})
