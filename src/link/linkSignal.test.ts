import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../shared/limits.ts'
import { parseLinkSignal } from './linkSignal.ts'
import { routeFrom, type StatsEntry } from './route.ts'

const dataSdp = 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n'
const host = 'candidate:1 1 udp 2122 192.0.2.1 50000 typ host'

describe('parseLinkSignal', () => {
  test('takes an offer, an answer and a candidate, and leaves out what it does not know', () => {
    expect(parse({ type: 'offer', sdp: dataSdp, renegotiate: true })).toEqual({ type: 'offer', sdp: dataSdp })
    expect(parse({ type: 'answer', sdp: dataSdp })).toEqual({ type: 'answer', sdp: dataSdp })
    const candidate = { candidate: host, sdpMid: '0', sdpMLineIndex: 0 }
    expect(parse({ type: 'candidate', candidate: { ...candidate, usernameFragment: 7 } })).toEqual({
      type: 'candidate',
      candidate,
    })
  })

  test('takes the empty candidate that says there are no more', () => {
    expect(parse({ type: 'candidate', candidate: { candidate: '', sdpMid: '0' } })).not.toBeNull()
  })

  test('refuses a description with audio or video, with two data sections or with none', () => {
    for (const sdp of [
      'v=0',
      `${dataSdp}m=video 9 X 96\r\n`,
      `m=audio 9 X 0\r\n${dataSdp}`,
      dataSdp + dataSdp,
    ]) {
      expect(parse({ type: 'offer', sdp })).toBeNull()
    }
  })

  test('refuses what is too long', () => {
    expect(parse({ type: 'offer', sdp: dataSdp.padEnd(limits.signalSizeMaxBytes, 'x') })).toBeNull()
    expect(parse({ type: 'candidate', candidate: { candidate: 'x'.repeat(1025), sdpMid: '0' } })).toBeNull()
  })

  test('never throws, whatever the text', () => {
    const shape = fc.record({ type: fc.constantFrom('offer', 'answer', 'candidate'), sdp: fc.anything() })
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseLinkSignal(text)))
    fc.assert(
      fc.property(shape, fc.jsonValue(), (signal, candidate) => {
        const parsed = parse({ ...signal, candidate })
        expect(parsed === null || parsed.type === signal.type).toBe(true)
      }),
    )
  })
})

describe('routeFrom', () => {
  const pair = { type: 'candidate-pair', localCandidateId: 'here', remoteCandidateId: 'there' }
  const transport: StatsEntry = { id: 't', type: 'transport', selectedCandidatePairId: 'p' }

  test('is relayed when either end of the selected pair is, whichever way the browser names the pair', () => {
    for (const selection of [[transport, { id: 'p', ...pair }], [{ id: 'p', ...pair, selected: true }]]) {
      for (const [here, there, route] of [
        ['host', 'prflx', 'direct'],
        ['relay', 'host', 'relayed'],
        ['srflx', 'relay', 'relayed'],
      ] as const) {
        expect(routeFrom([...selection, candidate('here', here), candidate('there', there)])).toBe(route)
      }
    }
  })

  test('is direct when a relay is there but not used, and when nothing is known', () => {
    const unused = candidate('unused', 'relay')
    expect(routeFrom([transport, { id: 'p', ...pair }, unused, candidate('here', 'host')])).toBe('direct')
    expect(routeFrom([])).toBe('direct')
  })
})

const parse = (signal: unknown): ReturnType<typeof parseLinkSignal> => parseLinkSignal(JSON.stringify(signal))

const candidate = (id: string, candidateType: string): StatsEntry => ({
  id,
  type: 'candidate',
  candidateType,
})
