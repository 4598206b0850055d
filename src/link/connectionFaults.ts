import type { LinkFault } from './link.ts'

const faultDetailLengthMax = 200

export const noWebRtc: LinkFault = { code: 'connectionFailed', detail: 'no WebRTC here' }
export const toBeHidden: LinkFault = {
  code: 'connectionFailed',
  detail: 'made before addresses were to be hidden',
}
export const noRelay: LinkFault = { code: 'noRelay', detail: 'no TURN server to hide behind' }

/** What simple-peer's error means. */
export function faultFrom(error: Error & { readonly code?: string }): LinkFault {
  const detail = detailOf(error)
  switch (error.code) {
    case 'ERR_SET_REMOTE_DESCRIPTION':
    case 'ERR_ADD_ICE_CANDIDATE':
    case 'ERR_SIGNALING':
      return { code: 'badSignal', detail }
    case 'ERR_DATA_CHANNEL':
      return { code: 'channelFailed', detail }
    default:
      return { code: 'connectionFailed', detail }
  }
}

export const channelFault = (error: unknown): LinkFault => ({
  code: 'channelFailed',
  detail: detailOf(error),
})

/** A browser's words for what went wrong, of a length that a log can take. */
export const detailOf = (error: unknown): string => String(error).slice(0, faultDetailLengthMax)

/** RFC 9260, section 3.3.10.12: what the other side sends when its page closes the connection. */
const userInitiatedAbort = 12

/** Whether the error of a channel says that the other side closed the connection on purpose. */
export const isOtherSideGone = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'sctpCauseCode' in error &&
  error.sctpCauseCode === userInitiatedAbort
