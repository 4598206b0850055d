import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import { decodeLaneWords, encodeLaneWords } from '../laneWords.ts'
import type { LinkCase } from './linkContract.ts'
import { closeBoth, openPair, patterned } from './linkEnds.ts'
import { watchConnections } from './watchConnections.ts'
import { openRaw } from './webrtcLinkContract.ts'

const offer = JSON.stringify({ type: 'offer', sdp: 'm=application garbage' })

/** Has the browser say so of these connections. */
function become(state: RTCIceConnectionState, connections: readonly RTCPeerConnection[]): void {
  for (const connection of connections) {
    Object.defineProperty(connection, 'iceConnectionState', { value: state, configurable: true })
    connection.dispatchEvent(new Event('iceconnectionstatechange'))
  }
}

/** What a link over WebRTC does when the other side’s words of lanes are not those of one of ours; and how many it makes at most. */
export const webrtcLanesContract: readonly LinkCase[] = [
  {
    name: '[L7] closes with a fault at words of lanes that no honest side says',
    async run(open) {
      for (const words of [
        '{}',
        '{"lane":0,"closed":true}',
        '{"lane":-1,"closed":true}',
        '{"lane":1.5,"signal":"{}"}',
        '{"lane":2,"signal":7}',
        `{"lane":2,"signal":"${'x'.repeat(limits.channelMessageMinBytes)}"}`,
      ]) {
        const { alice, raw, channel } = await openRaw(open)
        channel.send(words)
        assert((await alice.next('closed')).fault?.code === 'channelFailed', words.slice(0, 60))
        raw.close()
      }
    },
  },
  {
    name: '[L7] refuses lanes of its own numbers, old ones, and bad offers, and lives on',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      const refused: number[] = []
      const refusedAll = new Promise<void>((resolve) => {
        channel.onmessage = ({ data }) => {
          if (typeof data !== 'string') return
          const words = decodeLaneWords(data)
          if (words.ok && 'closed' in words.value) refused.push(words.value.lane)
          if (refused.length === 2) resolve()
        }
      })
      // Alice offered the link: odd numbers are hers, and 2 comes too late after 4.
      for (const lane of [1, 3, 4, 2, 6]) channel.send(encodeLaneWords({ lane, signal: offer }))
      await refusedAll
      assert(String(refused) === '4,6', `refused ${refused}`)
      channel.send(patterned(5))
      assert((await alice.next('message')).bytes.length === 5, 'the link lives on')
      raw.close()
    },
  },
  {
    name: '[L7] makes no more connections for the other side of a link than it may cost',
    async run(open) {
      const { alice, raw, channel } = await openRaw(open)
      for (let at = 1; at <= 300; at++) {
        channel.send(encodeLaneWords({ lane: 2 * at, signal: offer }))
        channel.send(encodeLaneWords({ lane: 2 * at, closed: true }))
      }
      channel.send(patterned(5))
      await alice.next('message')
      const made = alice.channels.size - 1
      assert(made === limits.lanesOpenedByOtherMax, `${made} connections`)
      raw.close()
    },
  },
  {
    name: '[L7] opened and closed 600 times, lanes leave the tab connections for further links',
    async run(open) {
      const pair = await openPair(open)
      for (let time = 0; time < 600; time++) {
        pair.alice.link.openLane()
        const lane = [...pair.alice.channels.keys()].at(-1) ?? 0
        pair.alice.link.closeLane(lane)
      }
      const made = pair.alice.channels.size - 1
      assert(made === limits.laneConnectionsMax, `${made} lanes`)
      for (let link = 0; link < 12; link++) closeBoth(await openPair(open))
      pair.alice.link.send(patterned(4))
      await pair.bob.next('message')
      closeBoth(pair)
    },
  },
  {
    name: '[L14] a further lane whose path is found again is kept, one whose path stays lost is given up',
    async run(open) {
      const pair = await openPair(open)
      const made = watchConnections()
      for (const lane of [1, 3]) {
        pair.alice.link.openLane()
        for (const end of [pair.alice, pair.bob]) {
          assert((await end.next('laneProven')).lane === lane, `lane ${lane} opens`)
        }
      }
      const lanes = made()
      become('disconnected', lanes)
      become('connected', lanes.slice(0, 2))
      const ends = [pair.alice, pair.bob]
      for (const closed of await Promise.all(ends.map((end) => end.next('laneClosed')))) {
        assert(closed.lane === 3, `the lane that stayed lost, not ${closed.lane}`)
      }
      closeBoth(pair)
    },
  },
]
