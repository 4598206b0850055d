/** A description as a browser would make it, of the link at that place of its world. */
export const sdpOf = (type: 'offer' | 'answer', place: number, hasAddress = true): string =>
  [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ...(hasAddress ? ['a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host'] : []),
    `a=ice-ufrag:memory${place}`,
    'a=ice-pwd:onlyTestsHaveSuchPasswords',
    `a=fingerprint:sha-256 ${Array<string>(32).fill('5E').join(':')}`,
    `a=setup:${type === 'offer' ? 'actpass' : 'passive'}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    '',
  ].join('\r\n')

/** Null for one of no memory link. */
export function placeIn(sdp: string): number | null {
  const digits = /^a=ice-ufrag:memory(\d{1,9})$/m.exec(sdp)?.[1]
  return digits === undefined ? null : Number(digits)
}
