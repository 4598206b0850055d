import { hasRelay, urlsOf } from '../link/iceServers.ts'
import type { IceServer, IceSettings } from '../link/link.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import type { Config, FetchText } from './config.ts'
import { parseIceAnswer } from './iceAnswer.ts'
import type { NoticeBoard } from './noticeBoard.ts'

export interface IceServersParts {
  readonly config: Pick<Config, 'iceServers' | 'iceServersUrl' | 'relayOnly'>
  /** Asks the service that config.json names for servers. */
  readonly fetchText: FetchText
  /** Whether people on this device have chosen to hide its address. */
  readonly isHidden: boolean
  readonly clock: Clock
  /** Milliseconds since 1970, as this device has it: unlike the clock it goes on while the device sleeps. */
  readonly wallMs: () => number
  readonly notices: Pick<NoticeBoard, 'add' | 'retract'>
  readonly log: Log
  readonly bugFound: (error: unknown) => void
}

interface Lent {
  readonly servers: readonly IceServer[]
  readonly renewAtMs: number
  readonly endsAtMs: number
}

/**
 * The ICE servers that links use: those of config.json, and those lent by the service it names, asked for anew before they end. What a
 * service does not answer costs nothing but those; what is in config.json goes on.
 */
export class IceServers {
  readonly #parts: IceServersParts
  readonly #alarm: Alarm
  #isHidden: boolean
  #isStuck = false
  #lent: Lent | null = null
  #failures = 0
  #askedAtMs: Millis = -Infinity
  #asking: Promise<void> | null = null

  constructor(parts: IceServersParts) {
    this.#parts = parts
    this.#alarm = new Alarm(parts.clock)
    this.#isHidden = parts.isHidden
  }

  /** For a connection that is made now. */
  readonly settings = (): IceSettings => {
    const { config, wallMs } = this.#parts
    const lent = this.#lent !== null && wallMs() < this.#lent.endsAtMs ? this.#lent.servers : []
    return { servers: capped([...lent, ...config.iceServers]), relayOnly: this.hiding !== 'off' }
  }

  /** Whether this device's address is hidden from others, and by whom. */
  get hiding(): 'off' | 'chosen' | 'always' {
    if (this.#parts.config.relayOnly) return 'always'
    return this.#isHidden ? 'chosen' : 'off'
  }

  /** For connections that are made from now on. */
  hide(isHidden: boolean): void {
    this.#isHidden = isHidden
    this.#tellWhetherPossible()
  }

  /** Done when the service has answered or failed, or is not waited for any longer; at once where there is none. */
  async begin(): Promise<void> {
    this.#ask()
    await Promise.race([this.#asking, this.#late()])
    this.#tellWhetherPossible()
  }

  /** The device slept, has another network, or is looked at again: what ended meanwhile is asked for, unless it was a moment ago. */
  resumed(): void {
    const nowMs = this.#parts.wallMs()
    if (nowMs - this.#askedAtMs < limits.iceRetryMinMs) return
    if (this.#lent === null || nowMs >= this.#lent.renewAtMs) this.#ask()
  }

  close(): void {
    this.#alarm.stop()
  }

  #late(): Promise<void> {
    return new Promise((resolve) => void this.#parts.clock.after(limits.iceFirstWaitMs, resolve))
  }

  #ask(): void {
    if (this.#parts.config.iceServersUrl === null || this.#asking !== null) return
    this.#asking = this.#answer().then(() => {
      this.#asking = null
    }, this.#parts.bugFound)
  }

  async #answer(): Promise<void> {
    const { fetchText, wallMs, notices, log } = this.#parts
    const askedAtMs = wallMs()
    this.#askedAtMs = askedAtMs
    const text = await fetchText()
    const answer = text.ok ? parseIceAnswer(text.value ?? '') : text
    if (!answer.ok) return this.#failed(answer.fault)
    const { servers, lifeMs } = answer.value
    log('info', 'ICE servers are lent', { count: servers.length, lifeSeconds: lifeMs / 1000 })
    const waitMs = lifeMs * limits.iceRenewPart
    this.#lent = { servers, renewAtMs: askedAtMs + waitMs, endsAtMs: askedAtMs + lifeMs }
    this.#failures = 0
    notices.retract('relaysNotAsked')
    this.#askIn(waitMs)
    this.#tellWhetherPossible()
  }

  #failed(detail: string): void {
    const { notices, log } = this.#parts
    log('warning', 'no ICE servers are lent', { detail })
    this.#failures++
    // Said once, however often it is tried again.
    if (this.#failures === 1) notices.add('warning', { code: 'relaysNotAsked', detail })
    this.#tellWhetherPossible()
    this.#askIn(Math.min(limits.iceRetryMaxMs, limits.iceRetryMinMs * 2 ** (this.#failures - 1)))
  }

  #askIn(spanMs: number): void {
    const { clock } = this.#parts
    this.#alarm.setAt(clock.now() + spanMs, () => this.#ask())
  }

  /** Where the address is hidden and nobody relays, there is no link at all: people are told once, until that changes. */
  #tellWhetherPossible(): void {
    const { servers, relayOnly } = this.settings()
    const { notices } = this.#parts
    const isStuck = relayOnly && !hasRelay(servers)
    if (isStuck === this.#isStuck) return
    this.#isStuck = isStuck
    if (!isStuck) notices.retract('hiddenWithoutRelay')
    else notices.add('warning', { code: 'hiddenWithoutRelay', isChosen: this.hiding === 'chosen' })
  }
}

/** The first of them, up to as many addresses as a browser takes. */
function capped(servers: readonly IceServer[]): IceServer[] {
  let urlsLeft: number = limits.iceUrlsMax
  return servers.flatMap((server) => {
    const urls = urlsOf(server).slice(0, urlsLeft)
    urlsLeft -= urls.length
    return urls.length > 0 ? [{ ...server, urls }] : []
  })
}
