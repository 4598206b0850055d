import type { Crypto, RoomKeys } from '../crypto/crypto.ts'
import type { Identity } from '../crypto/identity.ts'
import type { OpenedEngine } from '../engine/engine.ts'
import type { OpenLink } from '../link/link.ts'
import type { Profile } from '../room/io.ts'
import type { Log } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import type { OpenSignaling } from '../signaling/signaling.ts'
import type { Clock } from '../shared/clock.ts'
import type { Acquaintances } from './acquaintances.ts'
import type { EarlierFilesOptions } from './earlierFiles.ts'
import type { IceServers } from './iceServers.ts'
import type { KeptRooms, KeptRoomsOptions } from './keptRooms.ts'
import type { OpenHand } from './laterByHand.ts'
import type { NoticeBoard } from './noticeBoard.ts'
import type { SaveWay } from './savingShares.ts'
import type { ConnectionActions } from './session.ts'
import type { ViewStore } from './viewStore.ts'

/** Everything a session is made of: the real parts in a page, their twins in a test. */
export interface SessionParts {
  readonly identity: Identity
  readonly profile: Profile
  /** We made this room just now. */
  readonly fresh: boolean
  readonly random: Random
  readonly clock: Clock
  /** Milliseconds since 1970, as this device has it. */
  readonly wallMs: () => number
  readonly crypto: Crypto
  readonly keys: RoomKeys
  readonly brokers: readonly OpenSignaling[]
  /** What people know each by: its host. */
  readonly brokerNames: readonly string[]
  readonly openLink: OpenLink
  readonly ice: Pick<IceServers, 'settings' | 'hiding' | 'hide' | 'resumed' | 'close'>
  readonly engine: OpenedEngine
  readonly checkConnection: ConnectionActions['checkConnection']
  /** The people this device remembers: the room is joined without waiting for them. */
  readonly acquaintances: Promise<Acquaintances>
  /** What this browser keeps of all rooms, loaded when somebody looks at it; null where it keeps nothing. */
  readonly openKept: (of: Omit<KeptRoomsOptions, 'store' | 'room'>) => Promise<KeptRooms | null>
  /** Loads the way in by hand. */
  readonly openHand: OpenHand
  /** The way to files that an earlier page was given. */
  readonly files: Pick<EarlierFilesOptions, 'mayRead' | 'askToRead' | 'take'>
  readonly save: SaveWay
  /** Null where the browser has no pickers. */
  readonly saveAs: SaveWay | null
  /** Where the session writes what people see. */
  readonly view: ViewStore
  readonly notices: NoticeBoard
  readonly log: Log
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
}
