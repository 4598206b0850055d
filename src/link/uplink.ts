import type { Millis } from '../shared/ids.ts'

/** What the other side's echo tells about a message that has arrived there. */
export interface Echo {
  /** Bytes of this lane that arrived since the last echo. */
  readonly arrivedBytes: number
  /** From handing the newest of them to the channel until its echo, without the time that the other side held the echo back. */
  readonly roundTripMs: Millis
  /** The other side's clock when it arrived less ours when it was handed over: only how it changes means something. */
  readonly oneWayMs: Millis
  /** What waits in the lane's channel now (`bufferedAmount`): little where the path is what limits, much where SCTP is. */
  readonly bufferedBytes: number
}

/** How much may be on its way on one lane. Every time is the caller's clock, which never goes back. */
export interface LaneWindow {
  /** How many more bytes may be handed to the channel now: 0 and less for none. */
  roomBytes(now: Millis): number
  /** No message should be larger: control must not wait long behind one. */
  readonly messageMaxBytes: number
  /** Bytes handed to the channel that have not been echoed. */
  readonly inFlightBytes: number
  /** What arrives at the other side; 0 until known. */
  readonly bytesPerSecond: number
  /** The least round trip seen lately; null until known. */
  readonly baseRoundTripMs: Millis | null
  handedOver(lengthBytes: number, now: Millis): void
  echoed(echo: Echo, now: Millis): void
  /** The lane is gone, and what was on its way with it. */
  close(): void
}

/** What all lanes of this tab leave through together. */
export interface Uplink {
  openLane(now: Millis): LaneWindow
}

const windowBytes = 256 * 1024

export function createUplink(): Uplink {
  return { openLane: () => new FixedWindow() }
}

class FixedWindow implements LaneWindow {
  readonly messageMaxBytes = 64 * 1024
  readonly baseRoundTripMs = null
  readonly bytesPerSecond = 0
  inFlightBytes = 0

  roomBytes(): number {
    return windowBytes - this.inFlightBytes
  }

  handedOver(lengthBytes: number): void {
    this.inFlightBytes += lengthBytes
  }

  echoed({ arrivedBytes }: Echo): void {
    this.inFlightBytes -= arrivedBytes
  }

  close(): void {
    this.inFlightBytes = 0
  }
}
