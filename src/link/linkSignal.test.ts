import * as fc from 'fast-check'
import { isIP } from 'node:net'
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

const browserCandidates = [
  'candidate:842163049 1 udp 1677729535 192.0.2.7 52345 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag a+/b network-cost 999',
  'candidate:0 1 UDP 2122252543 10.0.0.7 51234 typ host',
  'candidate:3 1 TCP 2105524479 127.0.0.1 9 typ host tcptype active',
  'candidate:1 1 udp 2122 2001:db8::7 50000 typ host generation 0',
  'candidate:1 1 udp 2122 ::1 50000 typ host',
  'candidate:1 1 udp 2122 8d3c1f7e-9f0b-4f4a-8f5a-0d4b4a1c2e3f.local 50000 typ host',
  'a=candidate:4 1 udp 41885439 198.51.100.9 3478 typ relay raddr 192.0.2.7 rport 52345',
]
const strayCandidates = [
  'candidate:1 1 udp 2122 example.com 50000 typ host',
  'candidate:1 1 udp 2122 localhost 50000 typ host',
  'candidate:1 1 udp 2122 printer.office.local 50000 typ host',
  'candidate:1 1 udp 2122 example.com.local. 50000 typ host',
  'candidate:1 1 udp 2122 .local 50000 typ host',
  'candidate:1 1 udp 2122 127.1 50000 typ host',
  'candidate:1 1 udp 2122 0x7f000001 50000 typ host',
  'candidate:1 1 udp 2122 fe80::1%eth0 50000 typ host',
  'candidate:1 1 udp 2122 192.0.2.1 50000 typ srflx raddr example.com rport 1',
  'candidate:1 1 udp 2122  example.com 192.0.2.1 50000 typ host',
  'candidate:1 1 udp 2122 192.0.2.1\n 50000 typ host',
  'candidate:1 1 udp 2122 192.0.2.1 50000 typ host\r\na=candidate:1 1 udp 2122 example.com 50000 typ host',
  'candidate:x',
  'x',
]
const trickled = (line: string) => parse({ type: 'candidate', candidate: { candidate: line, sdpMid: '0' } })
const linesWithCandidate = (sdp: string) => sdp.split(/[\r\n]+/).filter((line) => /candidate/i.test(line))
const described = (lines: string) => {
  const signal = parse({ type: 'offer', sdp: dataSdp + lines })
  return signal !== null && 'sdp' in signal ? linesWithCandidate(signal.sdp) : null
}

const isFit = (line: string): boolean => {
  const address = line.split(' ')[4] ?? ''
  return isIP(address) > 0 || /^[a-z]+\.local$/.test(address)
}

describe('[L2] candidates', () => {
  test.each(browserCandidates)('[L2] taken: %s', (line) => {
    expect(trickled(line)).toMatchObject({ candidate: { candidate: line } })
    const attribute = line.replace(/^(a=)?/, 'a=')
    expect(described(`${attribute}\r\na=end-of-candidates\r\n`)).toEqual([attribute, 'a=end-of-candidates'])
  })

  test.each(strayCandidates)('[L2] dropped, and nothing else with it: %s', (line) => {
    expect(trickled(line)).toEqual({ type: 'candidate', candidate: null })
    const [first = ''] = line.split(/[\r\n]/)
    if (first !== line) return
    for (const attribute of [`a=${line}`, `A=Candidate:${line.slice(10)}`, ` a = ${line}`]) {
      expect(described(`a=${host}\n${attribute}\ra=sctp-port:5000\r\n`)).toEqual([`a=${host}`])
    }
  })

  test('[L2] never lead to a name, whatever is said around it and however lines are broken', () => {
    const address = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[a-z]{1,9}\.local$/),
      fc.string(),
    )
    const line = fc
      .tuple(fc.constantFrom('a=candidate:', 'A=CANDIDATE:', ' a=candidate:', 'candidate:'), address)
      .map(([head, to]) => `${head}1 1 udp 2122 ${to} 50000 typ host`)
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('\r\n', '\n', '\r'),
        (lines, lineBreak) => {
          for (const each of lines) {
            const signal = trickled(each)
            if (signal?.type === 'candidate' && signal.candidate !== null) expect(isFit(each)).toBe(true)
          }
          const kept = described(lines.join(lineBreak))?.filter((each) => /^\s*a\s*=/i.test(each)) ?? []
          for (const each of kept) expect(isFit(each)).toBe(true)
        },
      ),
      { numRuns: 500 },
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
