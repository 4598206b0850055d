import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { openLogBook } from './log.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'

function openBook() {
  const clock = new MemoryClock()
  const printed: string[] = []
  return { clock, printed, book: openLogBook(clock, (line) => printed.push(line)) }
}

describe('the log', () => {
  it('keeps what happened in order, with its moment, level and facts', () => {
    const { book, clock, printed } = openBook()
    book.log('info', 'a link opened', { route: 'direct', attempts: 2 })
    clock.advanceTo(1500)
    book.log('warning', 'a link closed', { reason: 'silent' })
    expect(book.text()).toBe(
      '    0.000 info a link opened route="direct" attempts=2\n    1.500 warning a link closed reason="silent"',
    )
    expect(printed.join('\n')).toBe(book.text())
  })

  it('is bounded, and says how much was crowded out', () => {
    const { book } = openBook()
    for (let at = 0; at < limits.logEntriesMax + 7; at++) book.log('info', `thing ${at}`)
    const lines = book.text().split('\n')
    expect(lines).toHaveLength(limits.logEntriesMax + 1)
    expect(lines[0]).toBe('(7 older)')
    expect(lines.at(-1)).toContain(`thing ${limits.logEntriesMax + 6}`)
  })

  it('counts what happens again and again instead of crowding out the rest', () => {
    const { book, clock } = openBook()
    book.log('warning', 'a link closed', { reason: 'silent' })
    for (let at = 0; at < 3 * limits.logEntriesMax; at++) {
      clock.advanceTo(at)
      book.log('debug', 'woke', { why: at % 2 === 0 ? 'announce' : 'tick' })
    }
    expect(book.text()).toContain('a link closed')
    expect(book.text()).toMatch(/debug woke why="tick" ×\d+/)
    expect(book.text().split('\n')).toHaveLength(3)
  })

  it.each([
    'wss://broker.example/peerjs?key=peerjs',
    '192.168.1.17:5000',
    'fe80::1ff:fe23:4567:890a%eth2',
    '2001:db8::8a2e:370:7334',
    '9b36eaac-bb2e-49bb-bb78-21c41c499900.local',
    'AAECAwQFBgcICQoLDA0ODw',
  ])('lets no text out that holds %s', (secret) => {
    const { book } = openBook()
    book.log('error', 'it failed', { detail: `could not reach ${secret} in time` })
    expect(book.text()).not.toContain(secret)
    expect(book.text()).toContain('could not reach')
  })

  it('keeps of a bug its words and where it was', () => {
    const { book } = openBook()
    book.bug(new Error('Bug: a message fits'))
    expect(book.text()).toContain('Error: Bug: a message fits < at ')
    expect(book.text()).toContain('log.test.ts')
    expect(book.text()).not.toContain('/src/')
  })

  it('of a whole session holds no secret, address, name of a file or of a person', async () => {
    const world = new SessionWorld(1)
    const alice = await world.join('Amber Heron', { fresh: true })
    const bob = await world.join('Teal Otter')
    await world.linked(alice, bob)
    alice.offer(new DiskFile('diary of a spy.txt', new Uint8Array(200_000)))
    await bob.takeWhole('diary of a spy.txt')
    const peers = [...alice.view.members, ...bob.view.members].map(({ peer }) => peer)
    expect(peers).toHaveLength(2)
    bob.crash()
    await world.pass(120_000)
    world.close()
    const text = alice.logText() + bob.logText()
    expect(text).toContain('woke')
    const { roomLink } = alice.view
    const secrets = [
      roomLink.split('#')[1],
      ...peers,
      'Amber',
      'Heron',
      'Teal',
      'Otter',
      'diary',
      'spy',
      'example',
    ]
    for (const secret of secrets) expect(text).not.toContain(secret)
  })
})
