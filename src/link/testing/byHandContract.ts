import { assert } from '../../shared/result.ts'
import type { OpenLink } from '../link.ts'
import { packDescription, unpackDescription } from '../packedDescription.ts'
import type { LinkCase } from './linkContract.ts'
import { closeBoth, End, patterned } from './linkEnds.ts'
import { watchConnections } from './watchConnections.ts'

const anyWay = () => ({ servers: [], relayOnly: false })

/** An end whose descriptions people carry. */
export const byHand = (open: OpenLink, initiator: boolean): End =>
  new End((options) => open({ ...options, byHand: true }), initiator, undefined, anyWay)

/** The one description that the end signals, as it arrives at the other side. */
export async function carried(end: End, type: 'offer' | 'answer'): Promise<string> {
  const said = await new Promise<string>((resolve) => (end.onSignal = resolve))
  const { sdp } = JSON.parse(said) as { sdp: string }
  const packed = packDescription(sdp)
  assert(packed, `an ${type} that can be packed: ${sdp}`)
  const whole = unpackDescription(type, packed)
  assert(whole !== null, 'what was packed can be read')
  return JSON.stringify({ type, sdp: whole })
}

/** What a link must do whose descriptions people carry. */
export const byHandContract: readonly LinkCase[] = [
  {
    name: '[L15] opens by two descriptions that people carry, and is a link like any other',
    async run(open) {
      const alice = byHand(open, true)
      const offer = await carried(alice, 'offer')
      const bob = byHand(open, false)
      const answering = carried(bob, 'answer')
      bob.link.signal(offer)
      const answer = await answering
      alice.onSignal = bob.onSignal = () => {
        throw new Error('nothing more is signaled')
      }
      alice.link.signal(answer)
      await Promise.all([alice.next('opened'), bob.next('opened')])
      alice.link.send(patterned(50_000))
      assert((await bob.next('message')).bytes.length === 50_000, 'a working link')
      const closed = bob.next('closed')
      alice.link.close()
      assert((await closed).fault === null, 'that ends as others do')
      closeBoth({ alice, bob })
    },
  },
]

/** Where nobody answers (RFC 5737). */
const nowhere = '192.0.2.1'

/** What only browsers do: they give up after some 15 s. */
export const webrtcByHandContract: readonly LinkCase[] = [
  {
    name: '[L15] looks for the other side again after the browser has given up, and opens when it is told at last',
    async run(open) {
      const alice = byHand(open, true)
      const offer = await carried(alice, 'offer')
      const made = watchConnections()
      const bob = byHand(open, false)
      const [connection] = made()
      const answering = carried(bob, 'answer')
      bob.link.signal(offer.replaceAll(/( udp \d+) \S+ \d+/g, `$1 ${nowhere} 50000`))
      const answer = await answering
      assert(connection, 'a connection that can be watched')
      await stateOf(connection, 'failed')
      await stateOf(connection, 'connecting')
      alice.link.signal(answer)
      await Promise.all([alice.next('opened'), bob.next('opened')])
      closeBoth({ alice, bob })
    },
  },
]

async function stateOf(connection: RTCPeerConnection, state: RTCPeerConnectionState): Promise<void> {
  while (connection.connectionState !== state)
    await new Promise((resolve) =>
      connection.addEventListener('connectionstatechange', resolve, { once: true }),
    )
}
