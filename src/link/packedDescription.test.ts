import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packDescription, unpackDescription } from './packedDescription.ts'

const fingerprint = Array.from({ length: 32 }, (_, at) =>
  (at * 7).toString(16).padStart(2, '0').toUpperCase(),
)
const name = '5e0b1c6f-8a3d-4d2e-9f61-0123456789ab.local'

/** As Chromium 156 says it, and Firefox ESR likewise. */
const chromium = (more: readonly string[] = []): string =>
  [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS',
    'm=application 53421 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 203.0.113.9',
    `a=candidate:842163049 1 udp 1677729535 203.0.113.9 53421 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 999`,
    `a=candidate:4233069003 1 udp 2122260223 ${name} 53421 typ host generation 0 network-id 1`,
    'a=candidate:1467250027 1 tcp 1518214911 192.168.1.7 9 typ host tcptype active generation 0 network-id 1',
    'a=ice-ufrag:Jk/+',
    'a=ice-pwd:abcdefghijklmnopqrstuv+/',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint.join(':')}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    ...more,
    '',
  ].join('\r\n')

const packed = (sdp = chromium()) => packDescription(sdp) ?? new Uint8Array()

describe('[L15] a description that people carry', () => {
  test('names what a browser needs, and what is the same in all', () => {
    const lines = unpackDescription('offer', packed())?.split('\r\n') ?? []
    expect(lines.filter((line) => line.startsWith('a=candidate'))).toEqual([
      `a=candidate:1 1 udp 2122260223 ${name} 53421 typ host`,
      'a=candidate:2 1 udp 1677729535 203.0.113.9 53421 typ srflx raddr 0.0.0.0 rport 0',
    ])
    expect(lines).toContain('a=ice-ufrag:Jk/+')
    expect(lines).toContain('a=ice-pwd:abcdefghijklmnopqrstuv+/')
    expect(lines).toContain(`a=fingerprint:sha-256 ${fingerprint.join(':')}`)
    expect(lines).toContain('a=max-message-size:262144')
  })

  test('has who answers wait: an offer is active, an answer passive', () => {
    expect(unpackDescription('offer', packed())).toContain('a=setup:active\r\n')
    expect(unpackDescription('answer', packed())).toContain('a=setup:passive\r\n')
  })

  test('takes 101 bytes with a hidden address and the one seen from outside', () => {
    expect(packed()).toHaveLength(101)
  })

  test('carries nothing that is not known', () => {
    const more = ['a=sctp-init:AAAA', 'a=x-evil:1', 'a=candidate:9 1 udp 1 evil.example 1 typ host']
    expect(packed(chromium(more))).toEqual(packed())
  })

  test('is none without a data channel, its certificate or its password', () => {
    for (const line of ['a=mid:0', 'a=sctp-port:5000', 'a=fingerprint', 'a=ice-pwd', 'a=ice-ufrag'])
      expect(packDescription(chromium().replace(line, 'a=other'))).toBeNull()
    expect(packDescription(chromium().replace('a=mid:0', 'a=mid:1'))).toBeNull()
    expect(packDescription(chromium([`a=fingerprint:sha-256 ${'00:'.repeat(31)}00`]))).toBeNull()
  })

  test('keeps the best candidates of each kind, eight at most', () => {
    const many = Array.from(
      { length: 20 },
      (_, at) =>
        `a=candidate:${at} 1 udp ${at + 1} 10.0.0.${at} 5000 typ ${at % 2 ? 'host' : 'relay raddr 0.0.0.0 rport 0'}`,
    )
    const sdp = unpackDescription('offer', packed(chromium(many))) ?? ''
    expect(sdp.match(/ typ host/g)).toHaveLength(4)
    expect(sdp.match(/ typ relay/g)).toHaveLength(2)
    expect(sdp).toContain(' 10.0.0.18 5000 typ relay')
  })

  const octet = fc.integer({ min: 0, max: 255 })
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 })

  test('keeps every address', () => {
    const ipv4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'))
    const address = fc.oneof(
      ipv4,
      ipv6.map((groups) => groups.join(':')),
      fc.uuid().map((id) => `${id}.local`),
    )
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 65_535 }), (text, port) => {
        const sdp = chromium([`a=candidate:1 1 UDP 4294967295 ${text} ${port} typ host`])
        const back = unpackDescription('answer', packed(sdp)) ?? ''
        const [, found] = / udp 4294967295 (\S+) /.exec(back) ?? []
        expect(new URL(`http://${bracketed(found ?? '')}/`).host).toBe(
          new URL(`http://${bracketed(text)}/`).host,
        )
        expect(back).toContain(` ${port} typ host`)
      }),
    )
  })

  test('reads IPv6 however much of it is left out', () => {
    for (const [text, whole] of [
      ['fe80::1', 'fe80:0000:0000:0000:0000:0000:0000:0001'],
      ['2001:db8::', '2001:0db8:0000:0000:0000:0000:0000:0000'],
      ['::2:3', '0000:0000:0000:0000:0000:0000:0002:0003'],
    ])
      expect(
        unpackDescription('offer', packed(chromium([`a=candidate:1 1 udp 4294967295 ${text} 9 typ host`]))),
      ).toContain(` ${whole} 9 typ host`)
  })

  test('leaves out what is no address', () => {
    for (const text of [
      '1:2',
      '::1::',
      '1.2.3.256',
      'x.local',
      '1:2:3:4:5:6:7:8:9',
      ':1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:',
    ])
      expect(packed(chromium([`a=candidate:1 1 udp 4294967295 ${text} 9 typ host`]))).toEqual(packed())
  })

  test('is none with a byte more or less, or a letter that no browser uses', () => {
    const bytes = packed()
    for (let length = 0; length < bytes.length; length++)
      expect(unpackDescription('offer', bytes.slice(0, length))).toBeNull()
    expect(unpackDescription('offer', Uint8Array.of(...bytes, 0))).toBeNull()
    const broken = bytes.slice()
    broken[1] = '\n'.charCodeAt(0)
    expect(unpackDescription('offer', broken)).toBeNull()
  })

  /** Every line that a browser is ever given. */
  const known =
    /^(?:v=0|o=- 1 1 IN IP4 0\.0\.0\.0|s=-|t=0 0|a=group:BUNDLE 0|m=application 9 UDP\/DTLS\/SCTP webrtc-datachannel|c=IN IP4 0\.0\.0\.0|a=candidate:\d 1 udp \d+ [\w:.-]+ \d+ typ (?:host|(?:srflx|relay) raddr 0\.0\.0\.0 rport 0)|a=ice-ufrag:[\w+/]+|a=ice-pwd:[\w+/]+|a=ice-options:trickle|a=fingerprint:sha-256 [\dA-F:]{95}|a=setup:passive|a=mid:0|a=sctp-port:5000|a=max-message-size:\d+|)$/

  test('has no line that is not known, whatever bytes it is made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, at) => {
        const bytes = packed()
        const mutated = bytes.map((byte, place) => (place === at % bytes.length ? (noise[0] ?? 0) : byte))
        for (const some of [Uint8Array.from(noise), mutated]) {
          const lines = unpackDescription('answer', some)?.split('\r\n') ?? []
          expect(lines.filter((line) => !known.test(line))).toEqual([])
        }
      }),
    )
  })
})

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)
