import type { Page } from '@playwright/test'

/** One connection with one channel, as a page of the pair keeps it between two calls from outside. */
interface RawLane {
  readonly connection: RTCPeerConnection
  readonly channel: RTCDataChannel
}

interface RawGlobals {
  rawLanes: RawLane[]
  rawReceivedBytes: number
}

export interface RawOptions {
  /** Connections side by side, one channel each. */
  readonly lanes: number
  readonly totalBytes: number
  /** It ends before all bytes are there. */
  readonly atMostSeconds: number
}

/**
 * Bytes a second that bare data channels carry from one page to the other: messages of 64 KiB, 256 KiB waiting in each
 * (kept fuller it is no faster on one machine), counted by the receiver.
 */
export async function rawBytesPerSecond(from: Page, to: Page, options: RawOptions): Promise<number> {
  const offers = await from.evaluate(offerLanes, options.lanes)
  const answers = await to.evaluate(answerLanes, offers)
  await from.evaluate(acceptAnswers, answers)
  const receiving = to.evaluate(receiveBytes, options)
  await from.evaluate(startSending, options)
  const rate = await receiving
  for (const page of [from, to]) await page.evaluate(closeLanes)
  return rate
}

async function offerLanes(count: number): Promise<string[]> {
  const raw = globalThis as unknown as RawGlobals
  raw.rawLanes = []
  const offers: string[] = []
  for (let at = 0; at < count; at++) {
    const connection = new RTCPeerConnection()
    const channel = connection.createDataChannel('raw', { negotiated: true, id: 0 })
    raw.rawLanes.push({ connection, channel })
    await connection.setLocalDescription()
    if (connection.iceGatheringState !== 'complete') {
      await new Promise<void>((resolve) => {
        connection.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve())
      })
    }
    offers.push(JSON.stringify(connection.localDescription))
  }
  return offers
}

async function answerLanes(offers: readonly string[]): Promise<string[]> {
  const raw = globalThis as unknown as RawGlobals
  raw.rawLanes = []
  raw.rawReceivedBytes = 0
  const answers: string[] = []
  for (const offer of offers) {
    const connection = new RTCPeerConnection()
    const channel = connection.createDataChannel('raw', { negotiated: true, id: 0 })
    channel.binaryType = 'arraybuffer'
    channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      raw.rawReceivedBytes += data.byteLength
    })
    raw.rawLanes.push({ connection, channel })
    await connection.setRemoteDescription(JSON.parse(offer) as RTCSessionDescriptionInit)
    await connection.setLocalDescription()
    if (connection.iceGatheringState !== 'complete') {
      await new Promise<void>((resolve) => {
        connection.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve())
      })
    }
    answers.push(JSON.stringify(connection.localDescription))
  }
  return answers
}

async function acceptAnswers(answers: readonly string[]): Promise<void> {
  const { rawLanes } = globalThis as unknown as RawGlobals
  for (const [at, answer] of answers.entries()) {
    const lane = rawLanes[at]
    if (lane === undefined) continue
    await lane.connection.setRemoteDescription(JSON.parse(answer) as RTCSessionDescriptionInit)
    if (lane.channel.readyState === 'open') continue
    await new Promise((resolve) => lane.channel.addEventListener('open', resolve, { once: true }))
  }
}

/** Every lane takes from one supply; what is under way when the receiver has enough is cut off. */
function startSending({ totalBytes }: RawOptions): void {
  const { rawLanes } = globalThis as unknown as RawGlobals
  const message = new Uint8Array(64 * 1024)
  let sentBytes = 0
  for (const { channel } of rawLanes) {
    channel.bufferedAmountLowThreshold = 128 * 1024
    const fill = () => {
      while (channel.readyState === 'open' && channel.bufferedAmount < 256 * 1024 && sentBytes < totalBytes) {
        channel.send(message)
        sentBytes += message.length
      }
    }
    channel.addEventListener('bufferedamountlow', fill)
    fill()
  }
}

/** From its call until all is there or the time is over. */
async function receiveBytes({ totalBytes, atMostSeconds }: RawOptions): Promise<number> {
  const raw = globalThis as unknown as RawGlobals
  const startedMs = performance.now()
  const seconds = () => (performance.now() - startedMs) / 1000
  await new Promise<void>((resolve) => {
    const look = () => {
      if (raw.rawReceivedBytes >= totalBytes || seconds() >= atMostSeconds) resolve()
    }
    for (const { channel } of raw.rawLanes) channel.addEventListener('message', look)
    setTimeout(look, atMostSeconds * 1000)
  })
  return raw.rawReceivedBytes / seconds()
}

function closeLanes(): void {
  for (const { connection } of (globalThis as unknown as RawGlobals).rawLanes) connection.close()
}
