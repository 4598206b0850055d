import { openCrypto } from '../crypto/openCrypto.ts'
import { openSimplePeerLink } from '../link/simplePeerLink.ts'
import { limits } from '../shared/limits.ts'
import { randomPeerId, type Random } from '../shared/random.ts'
import { peerjsSignaling } from '../signaling/peerjsSignaling.ts'
import { openStore, type OpenedStore } from '../store/openStore.ts'
import { pageClock } from './clock.ts'
import { fetchBeside, loadConfig } from './config.ts'
import { createSession, type OpenSession } from './createSession.ts'
import { openLogBook } from './log.ts'
import { deviceOf, randomName } from './names.ts'
import { roomLink, roomOf, type OpenedRoom } from './roomLink.ts'
import { canSaveAs, saveAs } from './saving/pickers.ts'
import { saveShare } from './saving/saving.ts'
import type { Session } from './session.ts'

/** 32 bits a call from the browser's own generator. */
const random: Random = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

/** Opens the room that the page's address names, or a new one, with the browser's own parts. */
export async function startSession(): Promise<Session> {
  const room = roomOf(location.hash, random)
  history.replaceState(history.state, '', roomLink(location.href, room.secret))
  const [{ config, faults, unreadable }, crypt] = await Promise.all([
    loadConfig(() => fetchBeside('config.json')),
    openCrypto(),
  ])
  const [opened, keys] = await Promise.all([
    openStore((bytes) => crypt.sha256(bytes)),
    crypt.roomKeys(room.secret),
  ])
  const book = openLogBook(
    pageClock,
    new URLSearchParams(location.search).has('debug') ? printLine : undefined,
  )
  const canLink = 'RTCPeerConnection' in globalThis
  const session = createSession({
    ...opened,
    self: randomPeerId(random),
    profile: { name: ownName(), device: deviceOf(navigator.userAgent) },
    roomLink: roomLink(location.href, room.secret),
    fresh: room.fresh,
    random,
    clock: pageClock,
    crypto: crypt,
    keys,
    log: book.log,
    bugFound: (error) => book.bug(error),
    details: () => book.text(),
    brokers: canLink ? config.signaling.map((broker) => peerjsSignaling(broker, random)) : [],
    openLink: openSimplePeerLink,
    iceServers: config.iceServers,
    uploadLimitBytesPerSecond: config.uploadLimitKBps * 1000,
    save: saveShare,
    saveAs: canSaveAs ? saveAs : null,
  })
  tellWhatIsMissing(session, room, opened, faults, canLink)
  if (unreadable !== null) session.notify('error', { code: 'configUnreadable', detail: unreadable })
  followPage(session)
  return session
}

// oxlint-disable-next-line no-console -- asked for by `?debug`
const printLine = (line: string): void => console.debug(line)

function tellWhatIsMissing(
  session: Session,
  room: OpenedRoom,
  opened: OpenedStore,
  configFaults: readonly string[],
  canLink: boolean,
): void {
  const limitBytes = limits.memoryStoreMaxBytes
  if (!canLink) session.notify('error', { code: 'noWebRtc' })
  if (room.malformed) session.notify('error', { code: 'badRoomLink' })
  if (opened.withoutDisk !== null) {
    session.notify('warning', { code: isSecureContext ? 'noDiskStore' : 'insecureOrigin', limitBytes })
  }
  if (configFaults.length > 0)
    session.notify('warning', { code: 'badConfig', detail: configFaults.join('; ') })
}

/** The page's comings and goings. A hidden page stays in the room; one that is left says so. */
function followPage(session: OpenSession): void {
  addEventListener('pagehide', () => session.close())
  addEventListener('pageshow', (event) => {
    // Brought back from the browser's cache, the session is closed: start anew.
    if (event.persisted) location.reload()
  })
  addEventListener('online', () => session.resumeRoom())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') session.resumeRoom()
  })
  // Another room's link was put into the address bar.
  addEventListener('hashchange', () => location.reload())
}

/** Kept for the tab, so that a reload does not make us somebody else. */
function ownName(): string {
  const key = 'swarmdrop.name'
  try {
    const name = sessionStorage.getItem(key) ?? randomName(random)
    sessionStorage.setItem(key, name)
    return name
  } catch {
    // Storage is switched off: the name lasts as long as the page.
    return randomName(random)
  }
}
