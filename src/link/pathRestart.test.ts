import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { limits } from '../shared/limits.ts'
import { PathRestart } from './pathRestart.ts'
import type { RestartWords } from './restartWords.ts'

const sdp = 'a=fingerprint:sha-256 AB:CD'

/** A connection that has all its candidates at once. */
class Connection extends EventTarget {
  readonly localDescription = { sdp: 'ours' }
  readonly remoteDescription = { sdp }
  readonly signalingState = 'stable'
  setConfiguration(): void {}
  restartIce(): void {}
  async setRemoteDescription(): Promise<void> {}
  async setLocalDescription(): Promise<void> {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: null }))
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function offering() {
  const said: string[] = []
  const path = new PathRestart({
    connection: new Connection() as unknown as RTCPeerConnection,
    initiator: true,
    theirs: sdp,
    ways: () => ({}),
    say: (words) => said.push('round' in words ? `${words.type} ${words.round}` : words.type),
    failed: (why) => said.push(String(why)),
  })
  const answer = (round: number): RestartWords => ({ type: 'restartAnswer', round, sdp })
  return { path, said, answer, pass: (spanMs: number) => vi.advanceTimersByTimeAsync(spanMs) }
}

describe('a restart that is asked for again', () => {
  test('[L14] before it could be heard, is begun anew once its time has come', async () => {
    const { path, said, pass } = offering()
    path.begin()
    await pass(1)
    path.begin()
    path.heard({ type: 'restartWanted' })
    await pass(limits.restartSpacingMs - 2)
    expect(said).toEqual(['restartOffer 1'])
    await pass(1)
    expect(said).toEqual(['restartOffer 1', 'restartOffer 2'])
  })

  test('[L14] is not begun anew where it was answered meanwhile: that would undo it', async () => {
    const { path, said, answer, pass } = offering()
    path.begin()
    await pass(1)
    path.begin()
    path.heard(answer(1))
    await pass(2 * limits.restartSpacingMs)
    expect(said).toEqual(['restartOffer 1'])
  })

  test('[L14] by the other side, before the offer is said, is answered by that offer', async () => {
    const { path, said, pass } = offering()
    path.begin()
    path.heard({ type: 'restartWanted' })
    await pass(2 * limits.restartSpacingMs)
    expect(said).toEqual(['restartOffer 1'])
  })

  test('[L14] is not begun after the connection has ended', async () => {
    const { path, said, pass } = offering()
    path.begin()
    await pass(1)
    path.begin()
    path.close()
    await pass(2 * limits.restartSpacingMs)
    expect(said).toEqual(['restartOffer 1'])
  })
})
