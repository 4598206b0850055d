/**
 * Keeps this page and others that run the same from finding a way to each other, as two behind symmetric NATs: each drops the other's
 * addresses, by which alone they could be reached, and ICE tries in vain. To everybody else the page links as it is. Runs in the page before its own
 * code; `name` tells whose page it is.
 */
export function keepApart(name: string): void {
  type Told<What> = (this: RTCPeerConnection, what: What) => Promise<void>
  const apart = new WeakSet<RTCPeerConnection>()
  const { prototype } = RTCPeerConnection
  const mark = 's=kept-apart'

  /** Descriptions say, where the name of a session stands that nobody reads, that they are of such a page. */
  const local = Object.getOwnPropertyDescriptor(prototype, 'localDescription')
  Object.defineProperty(prototype, 'localDescription', {
    ...local,
    get(this: RTCPeerConnection) {
      const description = local?.get?.call(this) as RTCSessionDescription | null
      if (description === null) return null
      return { type: description.type, sdp: description.sdp.replace(/^s=.*$/m, `${mark}-${name}`) }
    },
  })

  const setRemote = prototype.setRemoteDescription as Told<RTCSessionDescriptionInit>
  prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
    const sdp = description.sdp ?? ''
    if (!sdp.includes(mark)) return setRemote.call(this, description)
    apart.add(this)
    return setRemote.call(this, { ...description, sdp: sdp.replaceAll(/^a=candidate:.*\r\n/gm, '') })
  }

  const addCandidate = prototype.addIceCandidate as Told<RTCIceCandidateInit | null | undefined>
  prototype.addIceCandidate = function (candidate?: RTCIceCandidateInit | null) {
    return apart.has(this) ? Promise.resolve() : addCandidate.call(this, candidate)
  }
}
