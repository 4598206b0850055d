/**
 * What a soak puts into every page before the page's own scripts: it keeps hold of connections, so that links can be cut and counted, and
 * counts timers. It changes nothing that the page can see.
 */

/** What is open in a page just now. */
export interface OpenThings {
  readonly connections: number
  /** Connections made since the page opened. */
  readonly connectionsMade: number
  readonly timers: number
}

export interface SoakProbe {
  open(): OpenThings
  /** Closes every connection, as if their network were gone: nobody is told. */
  cutLinks(): number
}

/** The name under which `installProbe` leaves the probe on the page's global object. */
export interface ProbedGlobal {
  swarmSoak: SoakProbe
}

/* oxlint-disable unicorn/consistent-function-scoping -- it has no outside when it runs */
/** Runs in the page: it can use nothing from outside itself. */
function installProbe(): void {
  // Held weakly: a browser refuses new connections while too many old ones are not collected.
  let known: WeakRef<RTCPeerConnection>[] = []
  let connectionsMade = 0
  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, args, newTarget: new () => object) {
      const connection = Reflect.construct(target, args, newTarget) as RTCPeerConnection
      known.push(new WeakRef(connection))
      connectionsMade++
      return connection
    },
  })
  const openConnections = (): RTCPeerConnection[] => {
    const open = known.flatMap((weak) => weak.deref() ?? []).filter((one) => one.signalingState !== 'closed')
    known = open.map((connection) => new WeakRef(connection))
    return open
  }

  const timers = new Set<number>()
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis as unknown as Record<
    'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval',
    (...args: unknown[]) => number
  >
  const counted =
    (begin: (...args: unknown[]) => number, isOver: boolean) =>
    (handler: (...args: unknown[]) => void, ...rest: unknown[]): number => {
      const timer = begin(
        (...args: unknown[]) => {
          if (isOver) timers.delete(timer)
          handler(...args)
        },
        ...rest,
      )
      timers.add(timer)
      return timer
    }
  const forgotten =
    (end: (...args: unknown[]) => number) =>
    (timer: number): void => {
      timers.delete(timer)
      end(timer)
    }
  Object.assign(globalThis, {
    setTimeout: counted(setTimeout, true),
    setInterval: counted(setInterval, false),
    clearTimeout: forgotten(clearTimeout),
    clearInterval: forgotten(clearInterval),
  })

  const probe: SoakProbe = {
    open: () => ({ connections: openConnections().length, connectionsMade, timers: timers.size }),
    cutLinks() {
      const open = openConnections()
      for (const connection of open) connection.close()
      return open.length
    },
  }
  Object.defineProperty(globalThis, 'swarmSoak', { value: probe })
}

/** The probe as a script for `addInitScript`. The compiler that runs the soak wraps functions in a call of `__name`. */
export const probeScript = `globalThis.__name ??= (named) => named;\n(${installProbe.toString()})()`
