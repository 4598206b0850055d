import { newIdentity } from '../crypto/identity.ts'
import { openCrypto } from '../crypto/openCrypto.ts'
import type { OpenedEngine } from '../engine/engine.ts'
import { openEngine } from '../engine/openEngine.ts'
import { simplePeerLinks } from '../link/simplePeerLink.ts'
import type { Profile } from '../room/io.ts'
import type { DeviceId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { mqttSignaling } from '../signaling/mqttSignaling.ts'
import { peerjsSignaling } from '../signaling/peerjsSignaling.ts'
import type { OpenSignaling } from '../signaling/signaling.ts'
import type { Acquaintances } from './acquaintances.ts'
import type { CheckParts } from './check/connectionCheck.ts'
import { addressSpaceOf, asksToReach, brokerName, worksWithoutInternet } from './addressSpace.ts'
import { pageClock } from './pageClock.ts'
import { fetchBeside, type BrokerConfig, type ReadConfig } from './config.ts'
import { openDevice } from './device.ts'
import { askToRead, mayRead, takeSource } from './fileSources.ts'
import { createSession, type OpenSession } from './createSession.ts'
import type { FirstScreen } from './firstScreen.ts'
import { helpingChoice, hidingChoice } from './choices.ts'
import { IceServers } from './iceServers.ts'
import { keepTab, keptTab, noteRoom } from './lastTab.ts'
import type { OpenedRoom } from './roomLink.ts'
import { followPage } from './pageLife.ts'
import { canSaveAs, saveAs } from './saving/pickers.ts'
import { saveShare } from './saving/saving.ts'
import type { ConnectionActions } from './session.ts'

/** The time of day, as this device has it. */
const wallMs = (): number => Date.now()

export interface StartOptions {
  readonly screen: FirstScreen
  readonly room: OpenedRoom
  readonly profile: Profile
  readonly random: Random
  readonly read: ReadConfig
  readonly log: Log
}

/** Joins the room with the browser's own parts. */
export async function startSession(options: StartOptions): Promise<OpenSession> {
  const { screen, room, profile, random, read, log } = options
  const crypt = await openCrypto()
  const ice = lendingServers(options)
  const lent = ice.begin()
  const carries = helpingChoice.kept() ?? helpsUnasked(profile)
  const keys = await crypt.roomKeys(room.secret)
  const [identity, engine] = await Promise.all([
    openDevice(crypt).then((device) => newIdentity(crypt, device)),
    openEngine({
      seed: random(),
      room: keys.storage,
      tab: keptTab(),
      clock: pageClock,
      uploadLimitBytesPerSecond: read.config.uploadLimitKBps * 1000,
      carries,
      crypto: crypt,
      storeListener: { bugFound: screen.bugFound, log },
    }),
    noteRoom({ room: keys.storage, secret: room.secret, openedMs: wallMs() }, log),
  ])
  if (engine.storage.kind === 'disk') keepTab(engine.tab)
  screen.identified(identity)
  await lent
  const { config } = read
  const canLink = 'RTCPeerConnection' in globalThis
  const brokers = canLink ? config.signaling.map((broker) => brokerOf(broker, random)) : []
  const { storage } = engine
  const check = checking({ brokers, servers: () => ice.settings().servers, storage, log })
  const session = createSession({
    engine,
    acquaintances: recognise(identity.device, options),
    identity,
    profile,
    fresh: room.fresh,
    random,
    clock: pageClock,
    wallMs,
    crypto: crypt,
    keys,
    brokers,
    brokerNames: config.signaling.map(brokerName),
    openLink: simplePeerLinks(),
    openKept: async (of) => {
      const { openKeptRooms } = await import('./openKeptRooms.ts')
      return openKeptRooms({ ...of, room: keys.storage })
    },
    openHand: async (of) => {
      const { openHand } = await import('./openHand.ts')
      return openHand({ ...of, random, bugFound: screen.bugFound })
    },
    files: { mayRead, askToRead, take: takeSource },
    ice,
    checkConnection: (told) => void check(told).catch(screen.bugFound),
    save: saveShare,
    saveAs: canSaveAs ? saveAs : null,
    view: screen.store,
    notices: screen.notices,
    log,
    bugFound: screen.bugFound,
  })
  tellWhatIsMissing(options, engine, canLink)
  tellHowNear(options)
  followPage({ session, screen, clock: pageClock, wallMs })
  hidingChoice.onChange((isHidden) => session.hideAddress(isHidden === true))
  helpingChoice.onChange((isHelping) => session.helpOthers(isHelping ?? helpsUnasked(profile)))
  screen.store.setState({ isHelping: carries })
  return session
}

function brokerOf(broker: BrokerConfig, random: Random): OpenSignaling {
  return broker.type === 'peerjs' ? peerjsSignaling(broker, random) : mqttSignaling(broker, random)
}

function lendingServers({ screen, read: { config }, log }: StartOptions): IceServers {
  return new IceServers({
    config,
    fetchText: () => fetchBeside(config.iceServersUrl ?? ''),
    isHidden: hidingChoice.kept() === true,
    clock: pageClock,
    wallMs,
    notices: screen.notices,
    log,
    bugFound: screen.bugFound,
  })
}

/** Loaded when somebody asks for it. */
function checking(parts: Omit<CheckParts, 'probes' | 'told'>): (told: Told) => Promise<void> {
  return async (told) => {
    const loaded = await Promise.all([
      import('./check/connectionCheck.ts'),
      import('./check/probes.ts'),
    ]).catch(() => null)
    if (loaded === null) return told(null)
    const [{ checkConnection }, { pageProbes }] = loaded
    return checkConnection({ ...parts, probes: pageProbes, told })
  }
}

type Told = Parameters<ConnectionActions['checkConnection']>[0]

/** Loaded behind the rest: who is in the room can be seen before it is known who was met before. */
async function recognise(device: DeviceId, { profile, screen }: StartOptions): Promise<Acquaintances> {
  const { openAcquaintances } = await import('./acquaintances.ts')
  const self = { device, name: profile.name }
  return openAcquaintances({ self, wallClock: wallMs, bugFound: screen.bugFound })
}

/** What is passed on costs battery, and often money. */
const helpsUnasked = ({ device }: Profile): boolean => device === 'desktop'

/** Whom the page contacts: in this network, where browsers may ask before it may; or elsewhere. */
function tellHowNear({ screen, read: { config } }: StartOptions): void {
  const { hostname } = location
  if (worksWithoutInternet(hostname, config)) screen.isNear()
  if (addressSpaceOf(hostname) !== 'public') return
  import('./localNetwork.ts')
    .then(({ watchLocalNetwork, queryPermission }) =>
      watchLocalNetwork({
        reaches: asksToReach(hostname, config),
        query: queryPermission,
        notices: screen.notices,
      }),
    )
    .catch(screen.bugFound)
}

function tellWhatIsMissing(
  { screen, room, read }: StartOptions,
  { withoutDisk }: OpenedEngine,
  canLink: boolean,
): void {
  const limitBytes = limits.memoryStoreMaxBytes
  if (!canLink) screen.notify('error', { code: 'noWebRtc' })
  if (room.malformed) screen.notify('error', { code: 'badRoomLink' })
  if (withoutDisk !== null) {
    screen.notify('warning', { code: isSecureContext ? 'noDiskStore' : 'insecureOrigin', limitBytes })
  }
  if (read.unreadable !== null) screen.notify('error', { code: 'configUnreadable', detail: read.unreadable })
  if (read.faults.length > 0) screen.notify('warning', { code: 'badConfig', detail: read.faults.join('; ') })
}
