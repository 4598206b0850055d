import { limits } from '../shared/limits.ts'

/**
 * Sets our description and waits until its candidates are known. A server that does not answer is not waited for long, but where
 * nothing but a relay will do, for one a while more. The gathering state is no help: for a moment it is still `complete`, of the path
 * before.
 */
export async function describeWhole(
  connection: RTCPeerConnection,
  policy: RTCIceTransportPolicy = 'all',
): Promise<string> {
  const isGathered = gathered(connection, policy)
  await connection.setLocalDescription()
  await isGathered
  return connection.localDescription?.sdp ?? ''
}

/** Its candidates are known, or have been waited for as long as it makes sense. To be called before they are gathered. */
export function gathered(connection: RTCPeerConnection, policy: RTCIceTransportPolicy): Promise<void> {
  const listening = new AbortController()
  return new Promise<void>((resolve) => {
    let isEnough = policy === 'all'
    let isLate = false
    const late = setTimeout(() => {
      isLate = true
      if (isEnough) resolve()
    }, limits.restartGatherMs)
    const tooLate = setTimeout(resolve, limits.restartGatherRelayMs)
    listening.signal.addEventListener('abort', () => [late, tooLate].forEach(clearTimeout))
    const look = ({ candidate }: RTCPeerConnectionIceEvent): void => {
      isEnough ||= candidate?.type === 'relay'
      if (candidate === null || (isLate && isEnough)) resolve()
    }
    connection.addEventListener('icecandidate', look, listening)
  }).finally(() => listening.abort())
}
