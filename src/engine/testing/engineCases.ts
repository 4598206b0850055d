import { openEngineHere } from '../engineHere.ts'
import type { OpenedEngine } from '../engine.ts'
import { systemClock } from '../systemClock.ts'
import { openWorkerEngine } from '../workerEngine.ts'
import { openOpfsStore } from '../../store/opfsStore.ts'
import { openShareCrypto } from '../../crypto/openShareCrypto.ts'
import { engineContract, type EnginePlace } from './engineContract.ts'

const strays: unknown[] = []
const options = {
  seed: 1,
  room: 'room',
  tab: null,
  uploadLimitBytesPerSecond: 0,
  carries: true,
  storeListener: { bugFound: (error: unknown) => strays.push(error), log: () => undefined },
}
async function openInWorker(): Promise<OpenedEngine> {
  const opened = await openWorkerEngine(options)
  if (!opened.ok) throw new Error(opened.fault)
  return opened.value
}

const openOnPage = async (): Promise<OpenedEngine> =>
  openEngineHere({
    ...options,
    clock: systemClock(),
    crypto: await openShareCrypto(),
    openOpfs: openOpfsStore,
  })

const makeChannel = (of: RTCPeerConnection): RTCDataChannel =>
  of.createDataChannel('bulk', { negotiated: true, id: 1 })

/** Two connections inside the page, of which each has a negotiated channel, as those of a link. */
const connect: EnginePlace['connect'] = async (handOver) => {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()]
  handOver('a', makeChannel(a))
  handOver('b', makeChannel(b))
  a.addEventListener('icecandidate', ({ candidate }) => void b.addIceCandidate(candidate ?? undefined))
  b.addEventListener('icecandidate', ({ candidate }) => void a.addIceCandidate(candidate ?? undefined))
  await a.setLocalDescription()
  if (a.localDescription) await b.setRemoteDescription(a.localDescription)
  await b.setLocalDescription()
  if (b.localDescription) await a.setRemoteDescription(b.localDescription)
  return () => a.close()
}

const engineCases = {
  /** Null when the case holds, else what went wrong. */
  async run(where: 'worker' | 'page', name: string): Promise<string | null> {
    try {
      const openEngine = where === 'worker' ? openInWorker : openOnPage
      await engineContract.find((one) => one.name === name)?.run({ openEngine, connect })
      return strays.length === 0 ? null : strays.map(String).join(', ')
    } catch (error) {
      return String(error)
    }
  },
}

export type EngineCases = typeof engineCases
Object.assign(globalThis, { engineCases })
