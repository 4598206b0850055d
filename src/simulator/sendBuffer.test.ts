import { describe, expect, it } from 'vitest'
import { SendBuffer, Uplink } from './sendBuffer.ts'

describe('SendBuffer', () => {
  it('lets what all links of a host send leave first in, first out', () => {
    const uplink = new Uplink(10)
    const [one, other] = [new SendBuffer(uplink), new SendBuffer(uplink)]
    expect(one.send(100, 0)).toBe(10)
    expect(other.send(50, 0)).toBe(15)
    expect(one.send(100, 0)).toBe(25)
    expect(one.send(100, 40)).toBe(50)
  })

  it('falls byte by byte, each link for itself', () => {
    const uplink = new Uplink(10)
    const [one, other] = [new SendBuffer(uplink), new SendBuffer(uplink)]
    one.send(100, 0)
    other.send(50, 0)
    one.send(100, 0)
    expect(one.fallsToAt(200)).toBe(-Infinity)
    expect(one.fallsToAt(140)).toBe(6)
    expect(one.fallsToAt(100)).toBe(10)
    expect(one.fallsToAt(99)).toBeCloseTo(15.1)
    expect(one.fallsToAt(0)).toBe(25)
    expect(other.fallsToAt(49)).toBeCloseTo(10.1)
    expect(new SendBuffer(uplink).fallsToAt(0)).toBe(-Infinity)
  })
})
