import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { ShareState, ShareView, View } from '../app/view.ts'
import { App } from './App.tsx'
import { Broken } from './ErrorBoundary.tsx'
import { fakeSession, member, share, strip } from './testing/fakeSession.ts'

const render = (view: Partial<View>): string =>
  renderToStaticMarkup(<App session={fakeSession(view).session} />)
const renderShare = (state: ShareState, more: Partial<ShareView> = {}): string =>
  render({ members: [member('bob')], shares: [share('a.txt', { state, ...more })] })

const testIds = (html: string): readonly string[] =>
  [...html.matchAll(/data-testid="([^"]+)"/g)].map(([, id]) => id ?? '')
const shareActions = new Set(['download', 'pause', 'resume', 'cancel', 'save', 'remove'])
const actionsIn = (html: string): readonly string[] => testIds(html).filter((id) => shareActions.has(id))

/** The opening tag that carries a test id. */
function tag(html: string, testId: string): string {
  return html.match(new RegExp(`<[^>]*data-testid="${testId}"[^>]*>`))?.[0] ?? ''
}

describe('the buttons of a share', () => {
  it.each<[string, ShareState, Partial<ShareView>, readonly string[]]>([
    ['an offer', 'offered', {}, ['download', 'remove']],
    ['a download', 'downloading', {}, ['pause', 'cancel']],
    ['a paused download', 'paused', {}, ['resume', 'cancel']],
    ['a finished download', 'complete', {}, ['save', 'remove']],
    ['a failed download', 'failed', {}, ['resume', 'cancel', 'remove']],
    ['a share with two meanings', 'failed', { trouble: { code: 'contradicted' } }, ['remove']],
    ['our own, being hashed', 'offered', { mine: true }, ['remove']],
    ['our own', 'complete', { mine: true }, ['remove']],
    ['our own, gone from disk', 'failed', { mine: true }, ['remove']],
  ])('of %s', (_, state, more, actions) => {
    expect(actionsIn(renderShare(state, more))).toEqual(actions)
  })

  it('of a share already in the downloads offer to save it again, quietly', () => {
    const fresh = renderShare('complete')
    expect(tag(fresh, 'save')).toContain('class="button primary"')
    expect(tag(fresh, 'save')).toContain('aria-label="Save: ')
    const saved = renderShare('complete', { saved: true })
    expect(tag(saved, 'save')).toContain('class="button"')
    expect(tag(saved, 'save')).toContain('aria-label="Save again: ')
    expect(saved).toContain('handed to your downloads')
  })

  it('a link to this very computer says that it is of no use to another', () => {
    const told = 'This link works on this computer alone'
    expect(render({ roomLink: 'http://localhost:4173/#secret' })).toContain(told)
    expect(render({ roomLink: 'http://127.0.0.1:4173/#secret' })).toContain(told)
    expect(render({ roomLink: 'https://localhost.example/#secret' })).not.toContain(told)
  })

  it('lead back when a download has failed', () => {
    expect(renderShare('failed')).toContain('Try again')
  })

  it('say whose they are to those who hear the page', () => {
    expect(tag(renderShare('offered'), 'download')).toContain('aria-label="Download: \u2068a.txt\u2069"')
  })
})

/** A room where bob offers, unless told otherwise. */
const renderOffers = (...more: readonly Partial<ShareView>[]): string =>
  render({
    members: [member('bob')],
    shares: more.map((one, at) => share(`${at}.txt`, { sizeBytes: 1_500_000, ...one })),
  })

describe('one button for all files', () => {
  it('says how many and how much', () => {
    const html = renderOffers({}, {}, { state: 'complete' }, { mine: true }, {})
    expect(html.replaceAll('\u00a0', ' ')).toMatch(/data-testid="download-all"[^§]*Download all 3 \(4.5 MB\)/)
  })

  it.each([
    ['a single offer', [{}]],
    ['one left of two', [{}, { state: 'downloading' }]],
    ['our own, being hashed', [{ mine: true }, { mine: true }]],
    ['none', []],
  ] as const)('is not there for %s', (_, shares) => {
    expect(testIds(renderOffers(...shares))).not.toContain('download-all')
  })
})

describe('a share that comes through somebody', () => {
  it('says of whom it is and through whom', () => {
    const html = renderShare('offered', { offeredBy: ['bob'], offeredThrough: ['carol'] })
    expect(html).toContain('from \u2068bob\u2069')
    expect(html).toContain('through \u2068carol\u2069')
    expect(renderShare('offered')).not.toContain('through')
  })
})

describe('details of a failure', () => {
  it.each([
    ['info', 0],
    ['warning', 0],
    ['error', 1],
  ] as const)('can be copied from a notice of level %s: %d', (level, buttons) => {
    const html = render({ notices: [{ id: 1, level, message: { code: 'bug' } }] })
    expect(testIds(html).filter((id) => id === 'copy-details')).toHaveLength(buttons)
  })

  it('can be copied from a broken page', () => {
    const html = renderToStaticMarkup(<Broken onAgain={() => undefined} details={() => 'what happened'} />)
    expect(testIds(html)).toEqual(['copy-details'])
  })
})

const renderMany = (count: number): string =>
  render({ members: Array.from({ length: count }, (_, at) => member(`m${at}`, { state: 'reachable' })) })

describe('the attributes scripts read', () => {
  it('of a share', () => {
    const html = renderShare('downloading', { haveBytes: 63, sourceCount: 2, copies: 3 })
    const attributes =
      'data-name="a.txt" data-share-id="a.txt" data-size="1000000" data-state="downloading" data-have="63" data-sources="2" data-copies="3"'
    expect(tag(html, 'share')).toContain(attributes)
  })

  it('of a peer, ourselves not among them', () => {
    const html = render({ members: [member('bob', { state: 'relayed' })] })
    expect(testIds(html).filter((id) => id === 'peer')).toHaveLength(1)
    expect(tag(html, 'peer')).toContain('data-peer-id="bob" data-state="relayed"')
  })

  it('of all peers of a large room, though the list is folded', () => {
    expect(testIds(renderMany(8))).not.toContain('all-members')
    const html = renderMany(30)
    expect(testIds(html).filter((id) => id === 'peer')).toHaveLength(30)
    expect(tag(html, 'all-members')).toContain('aria-expanded="false"')
    expect(html).toContain('Show all 31 people')
    expect(html).toContain('Through others')
  })

  it('of a notice and of the brokers', () => {
    const html = render({
      signaling: 'offline',
      notices: [{ id: 1, level: 'warning', message: { code: 'brokerUnreachable' } }],
    })
    expect(tag(html, 'notice')).toContain('data-level="warning"')
    expect(tag(html, 'signaling')).toContain('data-state="offline"')
  })

  it.each([
    ['alone', []],
    ['in company', [member('bob')]],
  ])('the room link, its code and the ways in are there %s', (_, members) => {
    const html = render({ members, roomLink: 'https://host.example/#secret' })
    expect(tag(html, 'room-link')).toContain('value="https://host.example/#secret"')
    for (const id of ['room-link', 'room-qr', 'copy-link', 'file-input', 'folder-input', 'drop-zone']) {
      expect(testIds(html).filter((found) => found === id)).toEqual([id])
    }
  })
})

describe('hostile names', () => {
  const hostile = '<img src=x onerror=alert(1)>\u202e"gpj.exe'

  it('are text, never markup', () => {
    const html = render({
      me: member(hostile),
      members: [member(hostile)],
      shares: [share(hostile, { offeredBy: [hostile] })],
      notices: [{ id: 1, level: 'info', message: { code: 'memberJoined', name: hostile } }],
    })
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img')
  })

  it('reorder nothing that people read', () => {
    const html = render({ members: [member(hostile)], shares: [share('a', { offeredBy: [hostile] })] })
    expect(html.replaceAll(/<[^>]+>/g, '')).not.toContain('\u202e')
  })

  it('of 10,000 letters are shown short', () => {
    const html = render({ members: [member('bob')], shares: [share('x'.repeat(10_000))] })
    expect(
      html
        .replaceAll(/<[^>]+>/g, '')
        .match(/x+/g)
        ?.every((run) => run.length < 60),
    ).toBe(true)
  })

  it('made of nothing but controls still have something to point at', () => {
    expect(render({ members: [member('\u0000')] })).toContain('Unnamed')
  })
})

describe('what the page says', () => {
  it('of a download', () => {
    const html = renderShare('downloading', {
      haveBytes: 639_000,
      downBytesPerSecond: 12_300_000,
      sourceCount: 3,
      timeLeftMs: 170_000,
      copies: 3,
      otherCopies: 3,
    })
      .replaceAll('\u00a0', ' ')
      .replaceAll(/<[^>]+>/g, '')
    expect(html).toContain('63 % · 12 MB/s from 3 people · about 3 minutes left')
    expect(html).toContain('3 people have it all')
  })

  it('of where a download will be', () => {
    const told = 'goes to your downloads when complete'
    expect(renderShare('downloading')).toContain(told)
    expect(renderShare('offered')).not.toContain(told)
    expect(renderShare('complete')).not.toContain(told)
  })

  it('of the pieces, to those who do not see them', () => {
    const html = renderShare('downloading', { haveBytes: 500_000, strip: strip('hhcn') })
    expect(html.replaceAll('\u00a0', ' ')).toContain(
      'aria-valuetext="50 % is here, 25 % is on its way, 25 % is with nobody in the room"',
    )
    expect(html).toContain(
      'linear-gradient(90deg, var(--strip-here) 0% 50%, var(--strip-coming) 50% 75%, var(--strip-nowhere) 75% 100%)',
    )
  })

  it('of a file of no bytes', () => {
    expect(renderShare('complete', { sizeBytes: 0, pieceCount: 0, strip: [] })).toContain('0\u00a0bytes')
  })

  it('while a folder is read', () => {
    expect(render({ readingFiles: 3200 })).toContain('Reading the folder… 3,200 files so far')
  })

  it('when there is only memory', () => {
    expect(render({ storage: { kind: 'memory', limitBytes: 400_000_000 } })).toContain('400\u00a0MB in all')
  })
})
