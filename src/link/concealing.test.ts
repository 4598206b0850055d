import { describe, expect, test } from 'vitest'
import { concealed } from './concealing.ts'

const relayed =
  'candidate:3 1 udp 41885439 198.51.100.9 50001 typ relay raddr 192.0.2.7 rport 52345 generation 0'
const relayedBare =
  'candidate:3 1 udp 41885439 198.51.100.9 50001 typ relay raddr 0.0.0.0 rport 0 generation 0'
const others = [
  'candidate:1 1 udp 2122260223 10.0.0.7 51234 typ host generation 0',
  'candidate:1 1 udp 2122260223 8d3c1f7e-9f0b-4f4a-8f5a-0d4b4a1c2e3f.local 51234 typ host',
  'candidate:2 1 udp 1686052607 192.0.2.7 52345 typ srflx raddr 10.0.0.7 rport 51234 generation 0',
  'candidate:2 1 udp 1686052607 2001:db8::7 52345 typ prflx raddr :: rport 0',
  'candidate:1 1 tcp 1518280447 10.0.0.7 9 typ host tcptype active',
]

const sdp = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 192.0.2.7',
  's=-',
  'm=application 50001 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP6 2001:db8::7',
  ...others.map((candidate) => `a=${candidate}`),
  `a=${relayed}`,
  'a=mid:0',
  'a=max-message-size:262144',
  '',
].join('\r\n')

const candidate = (text: string) => ({ type: 'candidate', candidate: { candidate: text, sdpMid: '0' } })

describe('[L13] where addresses are hidden', () => {
  test.each(others)('no such candidate leaves: %s', (other) => {
    expect(concealed(candidate(other))).toBeNull()
  })

  test('a relayed candidate leaves without the address that the server sees', () => {
    expect(concealed(candidate(relayed))).toEqual(candidate(relayedBare))
    expect(concealed(candidate(relayedBare))).toEqual(candidate(relayedBare))
  })

  test('that there are no more may be said', () => {
    expect(concealed(candidate(''))).toEqual(candidate(''))
  })

  test.each(['offer', 'answer', 'restartOffer', 'restartAnswer'])('an %s says all but addresses', (type) => {
    const said = concealed({ type, sdp })?.sdp ?? ''
    expect(said).not.toMatch(/192\.0\.2\.7|10\.0\.0\.7|2001:db8|\.local|51234|52345/)
    expect(said.split('\r\n')).toEqual([
      'v=0',
      'o=- 4611731400430051336 2 IN IP4 0.0.0.0',
      's=-',
      'm=application 50001 UDP/DTLS/SCTP webrtc-datachannel',
      'c=IN IP4 0.0.0.0',
      `a=${relayedBare}`,
      'a=mid:0',
      'a=max-message-size:262144',
      '',
    ])
  })
})
