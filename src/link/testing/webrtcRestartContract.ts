import { assert } from '../../shared/result.ts'
import type { OpenLink } from '../link.ts'
import { describeWhole } from '../pathRestart.ts'
import type { LinkCase } from './linkContract.ts'
import { End, patterned } from './linkEnds.ts'
import { openRaw, proofText } from './webrtcLinkContract.ts'

interface RawOfferer {
  readonly bob: End
  readonly raw: RTCPeerConnection
  readonly channel: RTCDataChannel
}

/** A connection made by hand that offers itself to bob, who answers; proven. */
async function openRawOffering(open: OpenLink): Promise<RawOfferer> {
  const bob = new End(open, false)
  const raw = new RTCPeerConnection()
  const channel = raw.createDataChannel('', { negotiated: true, id: 0 })
  bob.onSignal = async (text) => {
    const signal = JSON.parse(text)
    await (signal.type === 'candidate'
      ? raw.addIceCandidate(signal.candidate)
      : raw.setRemoteDescription(signal))
  }
  raw.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) bob.link.signal(JSON.stringify({ type: 'candidate', candidate }))
  })
  await raw.setLocalDescription()
  bob.link.signal(JSON.stringify(raw.localDescription))
  await new Promise((resolve) => channel.addEventListener('open', resolve))
  channel.send(proofText(0, raw.localDescription?.sdp ?? '', raw.remoteDescription?.sdp ?? ''))
  await bob.next('opened')
  return { bob, raw, channel }
}

/** The description that another connection than the link's would give. */
async function descriptionOfThief(): Promise<string> {
  const thief = new RTCPeerConnection()
  thief.createDataChannel('', { negotiated: true, id: 0 })
  return describeWhole(thief)
}

const passwordIn = (sdp: string): string | undefined => /^a=ice-ufrag:(.*)$/m.exec(sdp)?.[1]

const nextSignal = (end: End, type: string): Promise<{ readonly round: number; readonly sdp: string }> =>
  new Promise((resolve) => {
    end.onSignal = (text) => {
      const signal = JSON.parse(text)
      if (signal.type === type) resolve(signal)
    }
  })

/** What only a link over WebRTC can get wrong in a restart: mostly, when the other side is not one of ours. */
export const webrtcRestartContract: readonly LinkCase[] = [
  {
    name: '[L14] a restart is a new path under the same certificates: ICE begins anew, the connection goes on',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      const transport = raw.sctp?.transport
      const before = passwordIn(raw.remoteDescription?.sdp ?? '')
      const offered = nextSignal(alice, 'restartOffer')
      alice.link.restart()
      const { round, sdp } = await offered
      assert(before !== undefined && passwordIn(sdp) !== before, 'ICE has other credentials')
      assert(sdp.includes('a=candidate'), 'its candidates are in it')
      await raw.setRemoteDescription({ type: 'offer', sdp })
      alice.link.signal(JSON.stringify({ type: 'restartAnswer', round, sdp: await describeWhole(raw) }))
      channel.send(patterned(9))
      assert((await alice.next('message')).bytes.length === 9, 'heard on the connection of before')
      assert(transport === raw.sctp?.transport && transport?.state === 'connected', 'DTLS went on')
      raw.close()
    },
  },
  {
    name: '[L14] a restart under another certificate is refused, whichever side it comes from, and ends the link',
    async run(open) {
      const { alice, raw } = await openRaw(open)
      const offered = nextSignal(alice, 'restartOffer')
      alice.link.restart()
      const { round } = await offered
      const sdp = await descriptionOfThief()
      alice.link.signal(JSON.stringify({ type: 'restartAnswer', round, sdp }))
      const answered = await alice.next('closed')
      assert(answered.fault?.code === 'badSignal', JSON.stringify(answered.fault))
      assert(answered.fault.detail.includes('another certificate'), answered.fault.detail)
      raw.close()

      const { bob, raw: other } = await openRawOffering(open)
      bob.link.signal(JSON.stringify({ type: 'restartOffer', round: 1, sdp }))
      const refused = await bob.next('closed')
      assert(refused.fault?.code === 'badSignal', JSON.stringify(refused.fault))
      assert(refused.fault.detail.includes('another certificate'), refused.fault.detail)
      other.close()
    },
  },
  {
    name: '[L14] neither takes another’s part, answers a round again, nor minds answers that nobody waits for',
    async run(open) {
      const { bob, raw, channel } = await openRawOffering(open)
      let answers = 0
      const pass = bob.onSignal
      bob.onSignal = (text) => {
        if (JSON.parse(text).type === 'restartAnswer') answers++
        else pass(text)
      }
      raw.restartIce()
      const offer = JSON.stringify({ type: 'restartOffer', round: 2, sdp: await describeWhole(raw) })
      bob.link.signal(offer)
      bob.link.signal(offer)
      bob.link.signal(offer.replace('"round":2', '"round":1'))
      await new Promise<void>((resolve) => {
        const count = bob.onSignal
        bob.onSignal = (text) => {
          count(text)
          resolve()
        }
      })
      channel.send(patterned(7))
      assert((await bob.next('message')).bytes.length === 7, 'the link lives on')
      assert(answers === 1, `answered ${answers} times`)
      bob.link.signal(JSON.stringify({ type: 'restartWanted' }))
      assert((await bob.next('closed')).fault?.code === 'badSignal', 'who offered does not ask for offers')
      raw.close()

      const { alice, raw: answering, channel: second } = await openRaw(open)
      const sdp = answering.localDescription?.sdp ?? ''
      alice.link.signal(JSON.stringify({ type: 'restartAnswer', round: 1, sdp }))
      second.send(patterned(8))
      assert((await alice.next('message')).bytes.length === 8, 'the link lives on')
      alice.link.signal(JSON.stringify({ type: 'restartOffer', round: 1, sdp }))
      assert((await alice.next('closed')).fault?.code === 'badSignal', 'who answered makes no offers')
      answering.close()
    },
  },
]
