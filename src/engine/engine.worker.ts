import { openShareCrypto } from '../crypto/openShareCrypto.ts'
import { assert } from '../shared/result.ts'
import { openOpfsHere } from '../store/opfsHere.worker.ts'
import { catchUncaught } from '../store/uncaught.worker.ts'
import type { Engine, EngineEvent, OpenedEngine } from './engine.ts'
import { openEngineHere } from './engineHere.ts'
import type { EngineCall, FromEngine, OpenOrder, ToEngine } from './engineProtocol.ts'
import { systemClock } from './systemClock.ts'

let opened: OpenedEngine | null = null
let engine: Engine | null = null

self.addEventListener('message', ({ data }: MessageEvent<ToEngine>) => {
  switch (data.type) {
    case 'open':
      return void open(data)
    case 'start':
      assert(opened, 'the page waits for `opened`')
      engine = opened.start(tell)
      return
    case 'addLane':
      return engine?.addLane(data.link, data.lane, data.channel)
    case 'call':
      return void carryOut(data.id, data.call)
    case 'probe':
      return data.channel.close()
  }
})

catchUncaught('engine', bugFound)

async function open(order: OpenOrder): Promise<void> {
  const { seed, room, tab, timeOriginMs, uploadLimitBytesPerSecond, carries } = order
  opened = await openEngineHere({
    seed,
    room,
    tab,
    // The page's clock: what both note can be compared.
    clock: systemClock(performance.timeOrigin - timeOriginMs),
    uploadLimitBytesPerSecond,
    carries,
    crypto: await openShareCrypto(),
    openOpfs: (folder, listener) =>
      openOpfsHere(folder, {
        bugFound: listener.bugFound,
        noted: (what, error) => listener.log('warning', what, { error: String(error) }),
      }),
    storeListener: {
      bugFound,
      log: (level, what, detail) => tell({ type: 'logged', level, what, detail }),
    },
  })
  const { storage, withoutDisk } = opened
  answer({ type: 'opened', storage, withoutDisk, tab: opened.tab })
}

async function carryOut(id: number | null, { method, args }: EngineCall): Promise<void> {
  assert(engine, 'the page waits for `opened`')
  // The union ties arguments to their method; the compiler cannot follow that through a call by name.
  const run = engine[method].bind(engine) as (...args: EngineCall['args']) => unknown
  try {
    const value = await run(...args)
    if (id !== null) answer({ type: 'returned', id, value })
  } catch (error) {
    bugFound(error)
    if (id !== null) answer({ type: 'threw', id })
  }
}

function tell(event: EngineEvent): void {
  if (event.type === 'bugFound') bugFound(event.error)
  else answer({ type: 'told', event })
}

/** Any browser can clone an error that is nothing more. */
function bugFound(thrown: unknown): void {
  const error = new Error(String(thrown))
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack
  answer({ type: 'told', event: { type: 'bugFound', error } })
}

function answer(message: FromEngine): void {
  self.postMessage(message, {})
}
