import type { Page } from '@playwright/test'

/** What one page of the pair keeps on its global object between two calls from outside. */
interface RawGlobals {
  connection: RTCPeerConnection
  channel: RTCDataChannel
  receivedBytes: number
}

/**
 * Seconds a bare data channel takes for so many bytes between two pages: messages of 64 KiB, 256 KiB waiting (kept fuller it is
 * no faster here), counted by the receiver.
 */
export async function rawSeconds(from: Page, to: Page, totalBytes: number): Promise<number> {
  const offer = await from.evaluate(offerChannel)
  const answer = await to.evaluate(answerChannel, offer)
  await from.evaluate(acceptAnswer, answer)
  const startedMs = performance.now()
  await Promise.all([from.evaluate(sendBytes, totalBytes), to.evaluate(receiveBytes, totalBytes)])
  const seconds = (performance.now() - startedMs) / 1000
  await from.evaluate(() => (globalThis as unknown as RawGlobals).connection.close())
  await to.evaluate(() => (globalThis as unknown as RawGlobals).connection.close())
  return seconds
}

async function offerChannel(): Promise<string> {
  const raw = globalThis as unknown as RawGlobals
  raw.connection = new RTCPeerConnection()
  raw.channel = raw.connection.createDataChannel('raw', { negotiated: true, id: 0 })
  await raw.connection.setLocalDescription()
  if (raw.connection.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      raw.connection.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve())
    })
  }
  return JSON.stringify(raw.connection.localDescription)
}

async function answerChannel(offer: string): Promise<string> {
  const raw = globalThis as unknown as RawGlobals
  raw.connection = new RTCPeerConnection()
  raw.channel = raw.connection.createDataChannel('raw', { negotiated: true, id: 0 })
  raw.channel.binaryType = 'arraybuffer'
  raw.receivedBytes = 0
  raw.channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    raw.receivedBytes += data.byteLength
  })
  await raw.connection.setRemoteDescription(JSON.parse(offer) as RTCSessionDescriptionInit)
  await raw.connection.setLocalDescription()
  if (raw.connection.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      raw.connection.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve())
    })
  }
  return JSON.stringify(raw.connection.localDescription)
}

async function acceptAnswer(answer: string): Promise<void> {
  const { connection, channel } = globalThis as unknown as RawGlobals
  await connection.setRemoteDescription(JSON.parse(answer) as RTCSessionDescriptionInit)
  if (channel.readyState !== 'open') {
    await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
  }
}

async function sendBytes(totalBytes: number): Promise<void> {
  const { channel } = globalThis as unknown as RawGlobals
  const message = new Uint8Array(64 * 1024)
  channel.bufferedAmountLowThreshold = 128 * 1024
  for (let sent = 0; sent < totalBytes; sent += message.length) {
    if (channel.bufferedAmount >= 256 * 1024) {
      await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }))
    }
    channel.send(message)
  }
}

async function receiveBytes(totalBytes: number): Promise<void> {
  const raw = globalThis as unknown as RawGlobals
  if (raw.receivedBytes >= totalBytes) return
  await new Promise<void>((resolve) => {
    raw.channel.addEventListener('message', () => {
      if (raw.receivedBytes >= totalBytes) resolve()
    })
  })
}
