import type { Random } from '../shared/random.ts'
import { pageClock } from './pageClock.ts'
import { fetchBeside, loadConfig } from './config.ts'
import { FirstScreen } from './firstScreen.ts'
import { openLogBook } from './log.ts'
import { browserOf, deviceOf, randomName } from './names.ts'
import { roomLink, roomOf } from './roomLink.ts'
import { watchBugs } from './watchBugs.ts'
import { whenSeen } from './whenSeen.ts'

/** 32 bits a call from the browser's own generator. */
const random: Random = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

/**
 * Opens the room that the page's address names, or a new one. The screen is there at once; the machinery is loaded behind it, and
 * joins when somebody looks at the page. `script` is the address of the page's own script, by which its build is known.
 */
export async function openPage(script: string): Promise<FirstScreen> {
  const isDebug = new URLSearchParams(location.search).has('debug')
  const book = openLogBook(pageClock, isDebug ? printLine : undefined)
  const { userAgent } = navigator
  book.log('info', 'the page opens', { browser: browserOf(userAgent), secure: isSecureContext })
  const room = roomOf(location.hash, random)
  history.replaceState(history.state, '', roomLink(location.href, room.secret))
  const profile = { name: ownName(), device: deviceOf(userAgent) }
  const reading = loadConfig(() => fetchBeside('config.json'))
  // A link to this very computer is of no use to others: the one that is comes with the configuration, which is near.
  const pageUrl = isLoopback(location.hostname) ? (await reading).config.pageUrl : null
  // What this page was asked to do by `?debug` is not for the others.
  const link = roomLink(pageUrl ?? location.href.replace(/\?.*$/, ''), room.secret)
  const screen = new FirstScreen({ profile, roomLink: link, book })
  watchBugs(window, screen.bugFound)
  for (const sign of ['pointerdown', 'keydown', 'dragenter']) {
    addEventListener(sign, screen.used, { capture: true, once: true, passive: true })
  }

  const start = async (): Promise<void> => {
    const [read, { startSession }, { changedAtOpen }] = await Promise.all([
      reading,
      import('./startSession.ts'),
      import('./keepPage.ts'),
    ])
    if (read.config.pageUrl !== null) screen.linkChanged(roomLink(read.config.pageUrl, room.secret))
    await whenSeen(document)
    if (await changedAtOpen(screen)) return
    screen.ready(await startSession({ screen, room, profile, random, read, log: book.log }))
    if (room.handed !== null) screen.takeByHand(room.handed)
  }
  const started = start().catch((error: unknown) => {
    book.bug(error)
    screen.notify('error', { code: 'startFailed' })
  })
  // After the first moment, and also where the room could not be joined: a build that fails must be able to make way for a newer.
  const keep = async (): Promise<void> => {
    await Promise.all([started, whenSeen(document)])
    const { keepPage } = await import('./keepPage.ts')
    keepPage(screen, script).catch(screen.bugFound)
  }
  // Where it cannot be loaded, nor could what `start` needs: that was said.
  keep().catch(book.bug)
  return screen
}

// oxlint-disable-next-line no-console -- asked for by `?debug`
const printLine = (line: string): void => console.debug(line)

const isLoopback = (hostname: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)

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
