/**
 * What the bench puts into every page before the page's own scripts: it remembers each RTCPeerConnection, the longest
 * task of the main thread and the course of a download. It changes nothing that the page can see.
 */

/** Counters of one connection, from its getStats (W3C webrtc-stats). */
export interface ConnectionCounters {
  readonly state: string
  /** Of every channel of it together, as the page handed them over and got them. */
  readonly channelSentBytes: number
  readonly channelReceivedBytes: number
  readonly channelMessagesSent: number
  /** What ICE carried: headers of SCTP and DTLS, acknowledgements and repeats included, those of IP and UDP not. */
  readonly transportSentBytes: number
  readonly transportReceivedBytes: number
  readonly transportPacketsSent: number
  readonly roundTripMs: number
}

/** One download, in milliseconds since 1970, so that those of several browsers of one machine compare. */
export interface Take {
  readonly clickedAtMs: number
  /** When the page first said that it holds anything. */
  readonly firstBytesAtMs: number
  readonly completeAtMs: number
  /** What it said to hold, and when. */
  readonly samples: readonly { readonly atMs: number; readonly haveBytes: number }[]
}

export interface Probe {
  counters(): Promise<ConnectionCounters[]>
  /** The longest since the last call, in milliseconds; 0 if none took 50, from where on browsers tell. */
  longestTaskMs(): number
  /** Watches the share of this name from now on until it is complete. */
  watch(shareName: string): void
  taken(shareName: string): Promise<Take>
}

/** The name under which `installProbe` leaves the probe on the page's global object. */
export interface ProbedGlobal {
  swarmBench: Probe
}

/* oxlint-disable unicorn/consistent-function-scoping -- it has no outside when it runs */
/** Runs in the page: it can use nothing from outside itself. */
export function installProbe(): void {
  // The last counters of a connection that is closed since are from at most so long before.
  const sampleEveryMs = 1000
  const known: { readonly weak: WeakRef<RTCPeerConnection>; last: ConnectionCounters | null }[] = []
  const takes = new Map<string, Promise<Take>>()
  let longestMs = 0

  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, args, newTarget: new () => object) {
      const connection = Reflect.construct(target, args, newTarget) as RTCPeerConnection
      // Held weakly: a browser refuses new connections while too many old ones are not collected.
      known.push({ weak: new WeakRef(connection), last: null })
      return connection
    },
  })

  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) longestMs = Math.max(longestMs, task.duration)
  }).observe({ type: 'longtask' })

  const nowMs = () => performance.timeOrigin + performance.now()

  const readCounters = async (connection: RTCPeerConnection): Promise<ConnectionCounters> => {
    const entries: Record<string, number | string | boolean>[] = []
    const report = await connection.getStats()
    report.forEach((entry) => entries.push(entry as Record<string, number | string>))
    const sum = (type: string, field: string) =>
      entries
        .filter((entry) => entry['type'] === type)
        .reduce((total, entry) => total + Number(entry[field] ?? 0), 0)
    const pair = entries.find((entry) => entry['type'] === 'candidate-pair' && entry['nominated'] === true)
    return {
      state: connection.connectionState,
      channelSentBytes: sum('data-channel', 'bytesSent'),
      channelReceivedBytes: sum('data-channel', 'bytesReceived'),
      channelMessagesSent: sum('data-channel', 'messagesSent'),
      transportSentBytes: sum('transport', 'bytesSent'),
      transportReceivedBytes: sum('transport', 'bytesReceived'),
      transportPacketsSent: sum('transport', 'packetsSent'),
      roundTripMs: Number(pair?.['currentRoundTripTime'] ?? 0) * 1000,
    }
  }

  const counters = async () => {
    for (const one of known) {
      const connection = one.weak.deref()
      if (connection !== undefined && connection.connectionState === 'connected') {
        one.last = await readCounters(connection)
      } else if (one.last !== null) one.last = { ...one.last, state: 'closed' }
    }
    return known.flatMap(({ last }) => (last === null ? [] : [last]))
  }
  setInterval(() => void counters(), sampleEveryMs)

  const take = (shareName: string): Promise<Take> => {
    const selector = `[data-testid=share][data-name=${JSON.stringify(shareName)}]`
    const found = () => document.querySelector<HTMLElement>(selector)
    return new Promise((resolve, reject) => {
      const samples: { atMs: number; haveBytes: number }[] = []
      let clickedAtMs = 0
      const noteClick = ({ target }: Event) => {
        const button = target instanceof Element ? target.closest('[data-testid=download]') : null
        if (button !== null && found()?.contains(button)) clickedAtMs ||= nowMs()
      }
      document.addEventListener('click', noteClick, { capture: true })
      const observer = new MutationObserver(() => {
        const { have, state } = found()?.dataset ?? {}
        const haveBytes = Number(have ?? 0)
        if (clickedAtMs > 0 && haveBytes !== samples.at(-1)?.haveBytes)
          samples.push({ atMs: nowMs(), haveBytes })
        if (state !== 'complete' && state !== 'failed') return
        observer.disconnect()
        document.removeEventListener('click', noteClick, { capture: true })
        const firstBytesAtMs = samples.find((sample) => sample.haveBytes > 0)?.atMs ?? nowMs()
        if (state === 'complete') resolve({ clickedAtMs, firstBytesAtMs, completeAtMs: nowMs(), samples })
        else reject(new Error(`${shareName} failed`))
      })
      const what = { subtree: true, childList: true, attributes: true }
      observer.observe(document.documentElement, { ...what, attributeFilter: ['data-have', 'data-state'] })
    })
  }

  const probe: Probe = {
    counters,
    longestTaskMs() {
      const longest = longestMs
      longestMs = 0
      return longest
    },
    watch: (shareName) => void takes.set(shareName, take(shareName)),
    taken: (shareName) => takes.get(shareName) ?? Promise.reject(new Error(`${shareName} is not watched`)),
  }
  Object.defineProperty(globalThis, 'swarmBench', { value: probe })
}

/** The probe as a script for `addInitScript`. The compiler that runs the bench wraps functions in a call of `__name`. */
export const probeScript = `globalThis.__name ??= (named) => named;\n(${installProbe.toString()})()`
