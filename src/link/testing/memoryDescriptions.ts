/** A description as a browser would make it, of the link at that place of its world. */
export const sdpOf = (place: number): string =>
  `m=application memory ${place}\r\na=max-message-size:262144\r\n`

/** Null for one of no memory link. */
export function placeIn(sdp: string): number | null {
  const digits = /^m=application memory (\d{1,9})$/m.exec(sdp)?.[1]
  return digits === undefined ? null : Number(digits)
}
