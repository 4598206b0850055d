import { assert } from '../../shared/result.ts'
import { decodeLaneWords, encodeLaneWords } from '../laneWords.ts'
import type { IceSettings, OpenLink } from '../link.ts'
import { describeWhole } from '../describeWhole.ts'
import type { LinkCase } from './linkContract.ts'
import { closeBoth, End, openPair, patterned } from './linkEnds.ts'
import { watchConnections } from './watchConnections.ts'
import { openRaw, proofText } from './webrtcLinkContract.ts'

interface RawOfferer {
  readonly bob: End
  readonly raw: RTCPeerConnection
  readonly channel: RTCDataChannel
}

/** A connection made by hand that offers itself to bob, who answers; proven. */
async function openRawOffering(open: OpenLink, ice?: () => IceSettings): Promise<RawOfferer> {
  const bob = new End(open, false, undefined, ice)
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

/** A further lane, made and proven by hand over the link's own channel; and every word that is said of it. */
async function openRawLane(lane: number, channel: RTCDataChannel) {
  const raw = new RTCPeerConnection()
  const control = raw.createDataChannel('', { negotiated: true, id: 0 })
  const say = (signal: string): void => channel.send(encodeLaneWords({ lane, signal }))
  const heard: string[] = []
  const isClosed = new Promise<void>((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const words = decodeLaneWords(data)
      if (!words.ok || words.value.lane !== lane) return
      if ('closed' in words.value) return resolve()
      heard.push(words.value.signal)
      const signal = JSON.parse(words.value.signal)
      if (signal.type === 'answer') void raw.setRemoteDescription(signal)
    })
  })
  say(JSON.stringify({ type: 'offer', sdp: await describeWhole(raw) }))
  await new Promise((resolve) => control.addEventListener('open', resolve))
  control.send(proofText(lane, raw.localDescription?.sdp ?? '', raw.remoteDescription?.sdp ?? ''))
  return { raw, say, heard, isClosed }
}

const openWays: IceSettings = { servers: [], relayOnly: false }
const turnAt = (name: string): IceSettings['servers'] => [
  { urls: 'turn:127.0.0.1:9?transport=tcp', username: name, credential: 'c' },
]
const hiddenWays: IceSettings = { servers: turnAt('hidden'), relayOnly: true }

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
  {
    name: '[L13] hidden from now on, a link made before tells no new address: it ends, whoever looks for another path',
    async run(open) {
      let ice = openWays
      const hide = (end: End): void => {
        ice = hiddenWays
        end.signaledKinds.clear()
      }
      const restarting: ((end: End) => Promise<void> | void)[] = [
        ({ link }) => link.restart(),
        ({ link }) => link.signal('{"type":"restartWanted"}'),
      ]
      for (const restart of restarting) {
        ice = openWays
        const { alice, raw } = await openRaw(open, () => ice)
        hide(alice)
        await restart(alice)
        assert((await alice.next('closed')).fault?.code === 'connectionFailed', 'its offerer ends it')
        assert(alice.signaledKinds.size === 0, [...alice.signaledKinds].join())
        raw.close()
      }
      for (const isAsked of [true, false]) {
        ice = openWays
        const { bob, raw } = await openRawOffering(open, () => ice)
        hide(bob)
        if (!isAsked) bob.link.restart()
        else {
          raw.restartIce()
          const sdp = await describeWhole(raw)
          bob.link.signal(JSON.stringify({ type: 'restartOffer', round: 1, sdp }))
        }
        assert((await bob.next('closed')).fault?.code === 'connectionFailed', 'who answered ends it')
        assert(bob.signaledKinds.size === 0, [...bob.signaledKinds].join())
        raw.close()
      }
    },
  },
  {
    name: '[L13] hidden while candidates of a restart are gathered, a link says none of them',
    async run(open) {
      let ice = openWays
      const { alice, raw } = await openRaw(open, () => ice)
      alice.signaledKinds.clear()
      alice.link.restart()
      await Promise.resolve()
      ice = hiddenWays
      assert((await alice.next('closed')).fault?.code === 'connectionFailed', 'it ends')
      assert(alice.signaledKinds.size === 0, [...alice.signaledKinds].join())
      raw.close()
    },
  },
  {
    name: '[L14] a restart goes by the servers of now, on both sides: those of before may be lent no longer',
    async run(open) {
      let ice: IceSettings = { ...openWays, servers: turnAt('before') }
      const made = watchConnections()
      const alice = new End(open, true, undefined, () => ice)
      const bob = new End(open, false, undefined, () => ice)
      alice.onSignal = (signal) => bob.link.signal(signal)
      bob.onSignal = (signal) => alice.link.signal(signal)
      await Promise.all([alice.next('opened'), bob.next('opened')])
      ice = { ...ice, servers: turnAt('now') }
      const answered = nextSignal(bob, 'restartAnswer')
      alice.link.restart()
      await answered
      const names = made().map((connection) => connection.getConfiguration().iceServers?.[0]?.username)
      assert(String(names) === 'now,now', String(names))
      closeBoth({ alice, bob })
    },
  },
  {
    name: '[L14] offers that come together are answered once, and the last of them',
    async run(open) {
      const { bob, raw, channel } = await openRawOffering(open)
      const said: string[] = []
      const answered = new Promise<{ readonly round: number; readonly sdp: string }>((resolve) => {
        bob.onSignal = (text) => {
          const signal = JSON.parse(text)
          if (signal.type === 'candidate') return
          said.push(`${signal.type} ${signal.round}`)
          if (signal.round === 2) resolve(signal)
        }
      })
      const offers: string[] = []
      for (const round of [1, 2]) {
        raw.restartIce()
        offers.push(JSON.stringify({ type: 'restartOffer', round, sdp: await describeWhole(raw) }))
      }
      for (const offer of offers) bob.link.signal(offer)
      const { sdp } = await answered
      assert(String(said) === 'restartAnswer 2', String(said))
      await raw.setRemoteDescription({ type: 'answer', sdp })
      channel.send(patterned(7))
      assert((await bob.next('message')).bytes.length === 7, 'the link lives on')
      raw.close()
    },
  },
  {
    name: '[L14] a restart that nobody heard is begun anew when it is asked for again, however soon',
    async run(open) {
      const pair = await openPair(open)
      const rounds: number[] = []
      const pass = pair.alice.onSignal
      pair.alice.onSignal = (text) => {
        const { type, round } = JSON.parse(text)
        if (type === 'restartOffer') rounds.push(round)
        if (round !== 1) pass(text)
      }
      const answered = nextSignal(pair.bob, 'restartAnswer')
      pair.alice.link.restart()
      pair.alice.link.restart()
      assert((await answered).round === 2, String(rounds))
      closeBoth(pair)
    },
  },
  {
    name: '[L14] a restart after which the other side takes messages of another size is refused',
    async run(open) {
      const { alice, raw } = await openRaw(open)
      const offered = nextSignal(alice, 'restartOffer')
      alice.link.restart()
      const { round, sdp } = await offered
      await raw.setRemoteDescription({ type: 'offer', sdp })
      const answer = (await describeWhole(raw)).replace(/^a=max-message-size:.*$/m, 'a=max-message-size:1200')
      alice.link.signal(JSON.stringify({ type: 'restartAnswer', round, sdp: answer }))
      const { fault } = await alice.next('closed')
      assert(fault?.code === 'badSignal' && fault.detail.includes('another size'), JSON.stringify(fault))
      raw.close()
    },
  },
  {
    name: '[L14] further lanes are not restarted: who tries loses the lane, and the link lives on',
    async run(open) {
      const { alice, channel, raw } = await openRaw(open)
      const lane = await openRawLane(2, channel)
      await alice.next('laneProven')
      lane.raw.restartIce()
      lane.say(JSON.stringify({ type: 'restartOffer', round: 1, sdp: await describeWhole(lane.raw) }))
      await lane.isClosed
      assert(!lane.heard.some((signal) => signal.includes('restart')), 'it is not answered')
      channel.send(patterned(6))
      assert((await alice.next('message')).bytes.length === 6, 'the link lives on')
      lane.raw.close()
      raw.close()
    },
  },
]
