import { urlsOf } from '../../link/iceServers.ts'
import type { IceServer } from '../../link/link.ts'
import { limits } from '../../shared/limits.ts'
import type { BrokerTrouble, OpenSignaling } from '../../signaling/signaling.ts'
import { freeBytes } from '../../store/freeBytes.ts'
import { wasAnswered } from './seenAddress.ts'

/** What the ICE servers gave this browser. */
export interface Gathered {
  /** An address that the internet sees; null: whether they gave one cannot be told. */
  readonly isSeen: boolean | null
  /** A place at a relay server. */
  readonly isRelayed: boolean
  /** That one was reached by UDP. */
  readonly isRelayedByUdp: boolean
  /** A server did not take our credentials. */
  readonly isRefused: boolean
}

/** The ways to look at this browser and its network. Each ends within `limits.checkProbeMs`. */
export interface Probes {
  readonly isSecure: boolean
  readonly canConnect: boolean
  /** What this origin may still store; null where the browser does not say. */
  freeBytes(): Promise<number | null>
  /** Why the broker does not take us in; null where it does. */
  missed(broker: OpenSignaling): Promise<BrokerTrouble | null>
  gather(servers: readonly IceServer[]): Promise<Gathered>
  /** Whether something said at one end of a connection comes back from the other; both ends are here. */
  loops(servers: readonly IceServer[], policy: RTCIceTransportPolicy): Promise<boolean>
}

/** The probes of a page. */
export const pageProbes: Probes = {
  get isSecure() {
    return isSecureContext
  },
  get canConnect() {
    return 'RTCPeerConnection' in globalThis
  },
  freeBytes: () =>
    inTime<number | null>(
      freeBytes().then(
        (bytes) => (Number.isFinite(bytes) ? Math.max(0, bytes) : null),
        () => null,
      ),
      null,
    ),
  missed,
  gather,
  loops,
}

const nothingGathered: Gathered = { isSeen: false, isRelayed: false, isRelayedByUdp: false, isRefused: false }

const ignored = (): void => {}

function missed(open: OpenSignaling): Promise<BrokerTrouble | null> {
  return new Promise((resolve) => {
    const broker = open({
      stateChanged: (state, trouble = 'unreachable') => {
        if (state !== 'connecting') end(state === 'online' ? null : trouble)
      },
      sealedSignalArrived: ignored,
      mailboxHeld: ignored,
      mailboxTaken: ignored,
      mailboxLost: ignored,
    })
    const late = setTimeout(() => end('unreachable'), limits.checkProbeMs)
    const end = (trouble: BrokerTrouble | null): void => {
      clearTimeout(late)
      broker.close()
      resolve(trouble)
    }
  })
}

async function gather(servers: readonly IceServer[]): Promise<Gathered> {
  const connection = new RTCPeerConnection({ iceServers: forBrowser(servers) })
  let gathered = nothingGathered
  const hosts: (string | null)[] = []
  let hasFailed = false
  const all = new Promise<boolean>((resolve) => {
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) return resolve(true)
      gathered = withCandidate(gathered, candidate)
      if (candidate.type === 'host') hosts.push(candidate.address)
    })
    connection.addEventListener('icecandidateerror', ({ errorCode }) => {
      hasFailed = true
      if (errorCode === unauthorized) gathered = { ...gathered, isRefused: true }
    })
  })
  connection.createDataChannel('')
  await connection.setLocalDescription()
  const isComplete = await inTime(all, false)
  connection.close()
  if (gathered.isSeen === true) return gathered
  const tellsFailures = 'onicecandidateerror' in connection
  return { ...gathered, isSeen: wasAnswered({ servers, isComplete, hasFailed, tellsFailures, hosts }) }
}

/** RFC 8489, section 14.8. */
const unauthorized = 401

/** How a relay server is reached (W3C webrtc, section 4.8.1). */
type Candidate = RTCIceCandidate & { readonly relayProtocol?: string | null }

function withCandidate(gathered: Gathered, { type, relayProtocol }: Candidate): Gathered {
  if (type === 'srflx') return { ...gathered, isSeen: true }
  if (type !== 'relay') return gathered
  // With the place, a relay server tells the address that it sees.
  const byUdp = relayProtocol === 'udp' ? { isSeen: true, isRelayedByUdp: true } : {}
  return { ...gathered, ...byUdp, isRelayed: true }
}

async function loops(
  servers: readonly IceServer[],
  iceTransportPolicy: RTCIceTransportPolicy,
): Promise<boolean> {
  const config = { iceServers: forBrowser(servers), iceTransportPolicy }
  const [here, there] = [new RTCPeerConnection(config), new RTCPeerConnection(config)]
  const isBack = new Promise<boolean>((resolve) => {
    const channel = here.createDataChannel('')
    channel.addEventListener('open', () => channel.send('there and back'))
    channel.addEventListener('message', () => resolve(true))
    there.addEventListener('datachannel', ({ channel: other }) =>
      other.addEventListener('message', ({ data }: MessageEvent<string>) => other.send(data)),
    )
  })
  const met = introduce(here, there).then(() => isBack)
  const isLooping = await inTime(
    met.catch(() => false),
    false,
  )
  for (const end of [here, there]) end.close()
  return isLooping
}

/** A browser takes them in turn, after the description that is set before they come. */
function passCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate !== null) to.addIceCandidate(candidate).catch(() => {})
  })
}

async function introduce(here: RTCPeerConnection, there: RTCPeerConnection): Promise<void> {
  passCandidates(here, there)
  passCandidates(there, here)
  await here.setLocalDescription()
  if (here.localDescription) await there.setRemoteDescription(here.localDescription)
  await there.setLocalDescription()
  if (there.localDescription) await here.setRemoteDescription(there.localDescription)
}

const forBrowser = (servers: readonly IceServer[]): RTCIceServer[] =>
  servers.map((server) => ({ ...server, urls: [...urlsOf(server)] }))

/** What comes of the work, or `otherwise` where it takes too long. */
function inTime<Value>(work: Promise<Value>, otherwise: Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(otherwise), limits.checkProbeMs)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })
}
