import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { limits } from '../shared/limits.ts'
import { describeWhole } from './describeWhole.ts'

/** A connection whose candidates come when the test says so: `host`, `relay`, or null for the end of them. */
class Gathering extends EventTarget {
  readonly localDescription = { sdp: 'ours' }
  listeners = 0

  async setLocalDescription(): Promise<void> {}

  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: AddEventListenerOptions,
  ): void {
    this.listeners++
    options?.signal?.addEventListener('abort', () => this.listeners--)
    super.addEventListener(type, listener, options)
  }

  found(type: 'host' | 'relay' | null): void {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: type && { type } }))
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function describing(policy: RTCIceTransportPolicy) {
  const connection = new Gathering()
  let isDone = false
  void describeWhole(connection as unknown as RTCPeerConnection, policy).then(() => (isDone = true))
  const passed = async (spanMs: number): Promise<boolean> => {
    await vi.advanceTimersByTimeAsync(spanMs)
    return isDone
  }
  return { connection, passed }
}

describe('a whole description', () => {
  test('[L14] waits for the last candidate, and a while for one that does not come', async () => {
    const { connection, passed } = describing('all')
    connection.found('host')
    expect(await passed(limits.restartGatherMs - 1)).toBe(false)
    expect(await passed(1)).toBe(true)
    const another = describing('all')
    another.connection.found(null)
    expect(await another.passed(0)).toBe(true)
  })

  test('[L14] where relays alone will do, waits longer for the first of them, and not for ever', async () => {
    const { connection, passed } = describing('relay')
    expect(await passed(limits.restartGatherRelayMs - 1)).toBe(false)
    connection.found('relay')
    expect(await passed(0)).toBe(true)
    const another = describing('relay')
    expect(await another.passed(limits.restartGatherRelayMs)).toBe(true)
  })

  test('[L14] where a relay came soon, the others have as long as any candidate', async () => {
    const { connection, passed } = describing('relay')
    connection.found('relay')
    expect(await passed(limits.restartGatherMs - 1)).toBe(false)
    expect(await passed(1)).toBe(true)
  })

  test('leaves neither a timer nor a listener behind, however it ended', async () => {
    for (const policy of ['all', 'relay'] as const) {
      const { connection, passed } = describing(policy)
      expect(connection.listeners).toBe(1)
      expect(await passed(limits.restartGatherRelayMs)).toBe(true)
      expect(connection.listeners).toBe(0)
      expect(vi.getTimerCount()).toBe(0)
    }
  })
})
