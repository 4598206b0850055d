import { describe, expect, it, vi } from 'vitest'
import { FirstScreen } from './firstScreen.ts'
import { openLogBook } from './log.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { SessionWorld } from './testing/sessionWorld.ts'

function openScreen() {
  const book = openLogBook(new MemoryClock())
  const profile = { name: 'Amber Heron', device: 'desktop' } as const
  return new FirstScreen({ profile, roomLink: 'http://localhost/#room', book })
}

const filesOf = (...names: string[]): FileList =>
  names.map((name) => Object.assign(new File(['x'], name), { webkitRelativePath: '' })) as unknown as FileList

describe('the first screen', () => {
  it('shows the link and who we are before anything is loaded', () => {
    const { view } = openScreen()
    expect(view.getState()).toMatchObject({
      roomLink: 'http://localhost/#room',
      signaling: 'connecting',
      me: { name: 'Amber Heron' },
      shares: [],
    })
  })

  it('[L13] hides the address for connections made from then on, also where that is chosen early', async () => {
    const world = new SessionWorld(1)
    const screen = openScreen()
    screen.hideAddress(true)
    const alice = await world.join('alice', { fresh: true })
    screen.ready(alice.session)
    expect(alice.view.hiding).toBe('chosen')
    expect(alice.said).toContainEqual({ code: 'hiddenWithoutRelay', isChosen: true })
    screen.hideAddress(false)
    expect(alice.view.hiding).toBe('off')
    expect(alice.view.notices).toEqual([])
    world.close()
  })

  it('keeps files picked early, and offers them in order once the session is there', async () => {
    const world = new SessionWorld(1)
    const screen = openScreen()
    screen.takeFiles(filesOf('one', 'two'))
    screen.takeFiles(filesOf('three'))
    expect(screen.view.getState().readingFiles).toBe(null)
    const alice = await world.join('alice', { fresh: true })
    screen.ready(alice.session)
    await world.until(() => alice.view.shares.length === 3, 'all are offered')
    screen.takeFiles(filesOf('four'))
    await world.until(() => alice.view.shares.length === 4, 'so is what comes later')
    world.close()
  })

  it('says once that there was a bug, and keeps what it was', () => {
    const screen = openScreen()
    screen.bugFound(new Error('Bug: one'))
    screen.bugFound(new Error('Bug: another'))
    expect(screen.view.getState().notices.map(({ level, message }) => [level, message.code])).toEqual([
      ['error', 'bug'],
    ])
    expect(screen.details()).toContain('Bug: one')
    expect(screen.details()).toContain('Bug: another')
  })

  it('takes a better link for the same room', () => {
    const screen = openScreen()
    screen.linkChanged('https://192.168.1.5:4173/#room')
    expect(screen.view.getState().roomLink).toBe('https://192.168.1.5:4173/#room')
  })

  it('says that there is a newer build, changes to it when asked, and again where that could not be', async () => {
    const screen = openScreen()
    const given: (() => void)[] = []
    expect(screen.view.getState().newVersion).toBe('none')
    screen.versionFound(() => new Promise((giveUp) => given.push(giveUp)))
    expect(screen.view.getState().newVersion).toBe('ready')
    screen.takeNewVersion()
    expect(screen.view.getState().newVersion).toBe('beingTaken')
    for (const giveUp of given) giveUp()
    await vi.waitFor(() => expect(screen.view.getState().newVersion).toBe('ready'))
  })

  it('offers the newer build again where changing to it failed, and says that it did', async () => {
    const screen = openScreen()
    screen.versionFound(() => Promise.reject(new Error('no such worker')))
    screen.takeNewVersion()
    await vi.waitFor(() => expect(screen.view.getState().newVersion).toBe('ready'))
    expect(screen.details()).toContain('no such worker')
  })

  it.each<[string, (screen: FirstScreen) => void]>([
    ['touched', (screen) => screen.used()],
    ['given files', (screen) => screen.takeFiles(filesOf('one'))],
  ])('knows that it is used once it was %s', (_how, use) => {
    const screen = openScreen()
    expect(screen.isUsed).toBe(false)
    use(screen)
    expect(screen.isUsed).toBe(true)
  })
})
