/** Every connection that is made from now on, until they are asked for. */
export function watchConnections(): () => RTCPeerConnection[] {
  const { prototype } = RTCPeerConnection
  // oxlint-disable-next-line typescript/unbound-method -- called with its own connection below
  const create = prototype.createDataChannel
  const seen = new Set<RTCPeerConnection>()
  prototype.createDataChannel = function (label, options) {
    seen.add(this)
    return create.call(this, label, options)
  }
  return () => {
    prototype.createDataChannel = create
    return [...seen]
  }
}
