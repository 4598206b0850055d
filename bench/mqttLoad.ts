/**
 * `npm run mqttLoad -- --members 48 --minutes 3`: what a room asks of an MQTT broker. Real members (room machine, letters, MQTT over WebSocket; their
 * links alone are in memory) at a real mosquitto, which counts: while they come, one after the other within a minute, and at rest.
 */
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import mqtt from 'mqtt'
import { WebSocket } from 'ws'
import { RoomDriver, type RoomDriverListener } from '../src/app/roomDriver.ts'
import type { BulkHost } from '../src/app/roomLinks.ts'
import type { Crypto, RoomKeys } from '../src/crypto/crypto.ts'
import { newIdentity } from '../src/crypto/identity.ts'
import { openCrypto } from '../src/crypto/openCrypto.ts'
import { systemClock } from '../src/engine/systemClock.ts'
import { MemoryLinks } from '../src/link/testing/memoryLink.ts'
import { randomRoomSecret, seededRandom } from '../src/shared/random.ts'
import { mqttSignaling } from '../src/signaling/mqttSignaling.ts'
import { startMosquitto, whyNoMosquitto } from '../src/signaling/testing/mosquitto.ts'

// What members, made for browsers, look for, and Node 20 has not.
Object.assign(globalThis, { WebSocket, navigator: { userAgent: 'Node' } })

const nothing = (): void => undefined
const deaf: RoomDriverListener = { reported: nothing, blocked: nothing, changed: nothing }
const idle: BulkHost = {
  sentElsewhere: nothing,
  neighboursHeard: nothing,
  shareHeard: nothing,
  shareUnheard: nothing,
  addLane: nothing,
  laneProven: nothing,
  removeLane: nothing,
  otherListens: nothing,
  linkAdmitted: nothing,
  linkClosed: nothing,
}

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '48' },
    minutes: { type: 'string', default: '3' },
  },
})
const memberCount = Number(values.members)
const comingMs = 60_000
/** mosquitto tells its counts each 10 s. */
const toldMs = 11_000

const why = whyNoMosquitto()
if (why === null) process.exitCode = await run()
else console.log(`Skipped: ${why}.`)

async function run(): Promise<number> {
  const mosquitto = await startMosquitto()
  const counts = await watchCounts(mosquitto.url)
  const crypto = await openCrypto()
  const keys = await crypto.roomKeys(randomRoomSecret(seededRandom(1)))
  const links = new MemoryLinks()
  const drivers: RoomDriver[] = []
  console.log('members | when | messages in, out a second | of them letters in, out | bytes in, out a second')
  const before = await counts()
  for (let at = 0; at < memberCount; at++) {
    drivers.push(await join(mosquitto.url, links, crypto, keys, at))
    await pause(comingMs / memberCount)
  }
  const come = await counts()
  tell('coming', before, come)
  const areLinked = drivers.every((driver) => driver.members().length === memberCount - 1)
  console.log(areLinked ? 'Each lists all others.' : 'NOT each lists all others.')
  await pause(60_000)
  const from = await counts()
  await pause(Number(values.minutes) * 60_000)
  tell('at rest', from, await counts())
  for (const driver of drivers) driver.leave()
  await mosquitto.close()
  return areLinked ? 0 : 1
}

async function join(
  url: string,
  links: MemoryLinks,
  crypto: Crypto,
  keys: RoomKeys,
  at: number,
): Promise<RoomDriver> {
  const random = seededRandom(at + 1)
  return new RoomDriver({
    identity: await newIdentity(crypto, await crypto.newSigningKey()),
    profile: { name: `member ${at}`, device: 'desktop' },
    fresh: at === 0,
    random,
    clock: systemClock(),
    wallMs: () => Date.now(),
    crypto,
    keys,
    brokers: [mqttSignaling({ url }, random)],
    brokerNames: ['mosquitto'],
    openLink: links.open,
    ice: { settings: () => ({ servers: [], relayOnly: false }), resumed: () => undefined },
    bulk: idle,
    log: () => undefined,
    bugFound: (error) => console.error(error),
    listener: deaf,
  })
}

interface Counts {
  readonly atMs: number
  /** By topic, below `$SYS/broker/`. */
  readonly of: ReadonlyMap<string, number>
}

/** What mosquitto has counted, told afresh. */
async function watchCounts(url: string): Promise<() => Promise<Counts>> {
  const counted = new Map<string, number>()
  const client = await mqtt.connectAsync(url, { protocolVersion: 5 })
  client.on('message', (topic, payload) => {
    counted.set(topic.replace('$SYS/broker/', ''), Number(payload.toString()))
  })
  await client.subscribeAsync([
    '$SYS/broker/messages/+',
    '$SYS/broker/publish/messages/+',
    '$SYS/broker/bytes/+',
  ])
  return async () => {
    await pause(toldMs)
    return { atMs: performance.now(), of: new Map(counted) }
  }
}

function tell(when: string, from: Counts, to: Counts): void {
  const seconds = (to.atMs - from.atMs) / 1000
  const rate = (topic: string): string =>
    (((to.of.get(topic) ?? 0) - (from.of.get(topic) ?? 0)) / seconds).toFixed(2)
  const both = (name: string): string => `${rate(`${name}/received`)}, ${rate(`${name}/sent`)}`
  console.log([memberCount, when, both('messages'), both('publish/messages'), both('bytes')].join(' | '))
}
