import { assert } from '../../shared/result.ts'
import { decodeLaneWords, encodeLaneWords } from '../laneWords.ts'
import type { IceSettings, OpenLink } from '../link.ts'
import type { LinkCase } from './linkContract.ts'
import { End, openPair } from './linkEnds.ts'
import { watchConnections } from './watchConnections.ts'
import { openRaw } from './webrtcLinkContract.ts'

/** Nobody is there: by TCP a browser hears so at once. */
const deafTurn = { urls: 'turn:127.0.0.1:9?transport=tcp', username: 'u', credential: 'c' }
const hidden: IceSettings = { servers: [deafTurn], relayOnly: true }

/** Waits until each, told to go through relays alone, has no more candidates to tell. */
async function gathered(connections: readonly RTCPeerConnection[]): Promise<void> {
  assert(connections.length > 0, 'a connection was made')
  for (const connection of connections) {
    const { iceTransportPolicy } = connection.getConfiguration()
    assert(iceTransportPolicy === 'relay', `no packet goes another way: ${iceTransportPolicy}`)
    while (connection.iceGatheringState !== 'complete' && connection.signalingState !== 'closed') {
      await new Promise((resolve) =>
        connection.addEventListener('icegatheringstatechange', resolve, { once: true }),
      )
    }
  }
}

/** What is signaled names no address of this device: there is no relay that it could name instead. */
function checkHidden(signals: readonly string[], kind: 'offer' | 'answer'): void {
  assert(
    signals.some((signal) => signal.includes(`"type":"${kind}"`)),
    `an ${kind} was signaled`,
  )
  for (const signal of signals) {
    assert(!signal.includes('candidate:'), `no candidate in ${signal}`)
    const addresses = [...signal.matchAll(/IN IP[46] (\S+?)\\r/g)].map(([, address]) => address)
    assert(
      addresses.every((address) => address === '0.0.0.0'),
      `no address in ${signal}`,
    )
  }
}

/** An offer of a connection that hides nothing. */
async function openOffer(): Promise<string> {
  const other = new RTCPeerConnection()
  other.createDataChannel('', { negotiated: true, id: 0 })
  await other.setLocalDescription()
  const offer = JSON.stringify(other.localDescription)
  other.close()
  return offer
}

async function signalsOf(open: OpenLink, offer: string | null): Promise<string[]> {
  const signals: string[] = []
  const made = watchConnections()
  const alice = new End(open, offer === null, undefined, () => hidden)
  const isDescribed = new Promise<void>((resolve) => {
    alice.onSignal = (signal) => {
      signals.push(signal)
      resolve()
    }
  })
  if (offer !== null) alice.link.signal(offer)
  await isDescribed
  await gathered(made())
  alice.link.close()
  return signals
}

/** A link that hides nothing when it opens, and all from then on; and what it says of lanes. */
async function lanesOf(
  open: OpenLink,
  begin: (alice: End, channel: RTCDataChannel) => void,
): Promise<string[]> {
  let ice: IceSettings = { servers: [], relayOnly: false }
  const { alice, raw, channel } = await openRaw(open, () => ice)
  ice = hidden
  const signals: string[] = []
  const made = watchConnections()
  const isDescribed = new Promise<void>((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const words = decodeLaneWords(data)
      if (!words.ok || !('signal' in words.value)) return
      signals.push(words.value.signal)
      resolve()
    })
  })
  begin(alice, channel)
  await isDescribed
  await gathered(made())
  raw.close()
  return signals
}

/** Where this device's address is hidden; and by which way the browser goes. */
export const webrtcHidingContract: readonly LinkCase[] = [
  {
    name: '[L13] hidden, an offer and an answer tell no address',
    async run(open) {
      checkHidden(await signalsOf(open, null), 'offer')
      checkHidden(await signalsOf(open, await openOffer()), 'answer')
    },
  },
  {
    name: '[L13] [L15] hidden, what people carry tells no address',
    async run(open) {
      const byHand: OpenLink = (options) => open({ ...options, byHand: true })
      checkHidden(await signalsOf(byHand, null), 'offer')
      checkHidden(await signalsOf(byHand, await openOffer()), 'answer')
    },
  },
  {
    name: '[L13] hidden from now on, lanes of a link tell no address, whoever opens them',
    async run(open) {
      checkHidden(await lanesOf(open, (alice) => alice.link.openLane()), 'offer')
      const signal = await openOffer()
      const offered = encodeLaneWords({ lane: 2, signal })
      checkHidden(await lanesOf(open, (_, channel) => channel.send(offered)), 'answer')
    },
  },
  {
    name: '[L13] hidden without a relay server, nothing is begun',
    async run(open) {
      for (const initiator of [true, false]) {
        const servers = [{ urls: 'stun:127.0.0.1:9' }]
        const alice = new End(open, initiator, undefined, () => ({ servers, relayOnly: true }))
        const { fault } = await alice.next('closed')
        assert(fault?.code === 'noRelay', JSON.stringify(fault))
        assert(alice.channels.size === 0 && alice.signaledKinds.size === 0, 'no connection was made')
      }
    },
  },
  {
    name: 'tells when the browser goes another way, and asks no connection that is gone',
    async run(open) {
      // oxlint-disable-next-line typescript/unbound-method -- put back as it was
      const getStats = RTCPeerConnection.prototype.getStats
      const made = watchConnections()
      const { alice, bob } = await openPair(open)
      const pair = { id: 'P', type: 'transport', selectedCandidatePairId: 'C' }
      const by = (candidateType: string): void => {
        const stats = [
          pair,
          { id: 'C', type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R' },
          { id: 'L', type: 'local-candidate', candidateType },
        ]
        RTCPeerConnection.prototype.getStats = async () => new Map(stats.map((entry) => [entry.id, entry]))
      }
      const connections = made()
      const pairsChanged = (): void => {
        for (const { sctp } of connections) {
          sctp?.transport.iceTransport.dispatchEvent(new Event('selectedcandidatepairchange'))
        }
      }
      by('relay')
      pairsChanged()
      for (const end of [alice, bob]) assert((await end.next('rerouted')).route === 'relayed', 'relayed now')
      // Where the browser does not tell of pairs.
      by('host')
      for (const connection of connections) {
        connection.dispatchEvent(new Event('iceconnectionstatechange'))
      }
      for (const end of [alice, bob]) assert((await end.next('rerouted')).route === 'direct', 'direct again')
      RTCPeerConnection.prototype.getStats = getStats
      alice.link.close()
      await bob.next('closed')
      pairsChanged()
    },
  },
]
