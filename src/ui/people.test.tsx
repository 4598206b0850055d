import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { wordsOf } from '../app/deviceWords.ts'
import type { MemberView, View } from '../app/view.ts'
import { App } from './App.tsx'
import { Help } from './Help.tsx'
import { MemberPanel } from './MemberPanel.tsx'
import { SessionProvider } from './SessionContext.tsx'
import { acquaintance, fakeSession, member } from './testing/fakeSession.ts'

const renderPart = (part: ReactNode, view: Partial<View> = {}): string =>
  renderToStaticMarkup(<SessionProvider session={fakeSession(view).session}>{part}</SessionProvider>)
const panelOf = (one: MemberView): string =>
  renderPart(<MemberPanel member={one} />, { me: member('Teal Otter') })
const rowOf = (one: MemberView): string => {
  const html = renderToStaticMarkup(<App session={fakeSession({ members: [one] }).session} />)
  return html.match(/<li[^>]*data-testid="peer".*?<\/li>/s)?.[0] ?? ''
}

/** What people read and hear, without the marks round names. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/[\u2068\u2069]/g, '')
    .replaceAll(/[\s\u00a0]+/g, ' ')
const testIds = (html: string): readonly string[] =>
  [...html.matchAll(/data-testid="([^"]+)"/g)].map(([, id]) => id ?? '')
const yesterdayMs = Date.now() - 24 * 3_600_000
const met = { name: 'Amber', metMs: yesterdayMs }

describe('the row of a member', () => {
  it('is a button that opens it, named by all that it says', () => {
    const row = rowOf(member('Amber', { acquaintance: acquaintance({ met }) }))
    expect(row).toMatch(/<button type="button"[^>]*aria-haspopup="dialog"[^>]*data-testid="open-member"/)
    expect(textOf(row)).toContain('computer Amber Direct · You met ')
    expect(row).toContain(`data-met="${yesterdayMs}"`)
  })

  it('says nothing more of a stranger', () => {
    const row = rowOf(member('Amber'))
    expect(textOf(row).trim()).toBe('computer Amber Direct')
    expect(row).not.toMatch(/data-met|data-compared|data-imitates/)
  })

  it('says by what name it was met, without a second name for scripts to trip over', () => {
    const before = { name: 'Teal Otter', metMs: yesterdayMs }
    const row = rowOf(member('Amber', { acquaintance: acquaintance({ met: before }) }))
    expect(textOf(row)).toContain('Was Teal Otter when you met ')
    expect(row.match(/<bdi>/g)).toHaveLength(1)
  })

  it('is of a sane length, whatever name somebody had', () => {
    const before = { name: 'x'.repeat(255), metMs: yesterdayMs }
    const likeness = { kind: 'member', name: 'y'.repeat(255) } as const
    const row = rowOf(member('Amber', { acquaintance: acquaintance({ met: before, likeness }) }))
    expect(textOf(row)).not.toMatch(/x{60}|y{60}/)
  })

  it('has a quiet sign once words were compared', () => {
    const row = rowOf(member('Amber', { acquaintance: acquaintance({ isCompared: true }) }))
    expect(row).toContain('data-compared="true"')
    expect(textOf(row)).toContain('computer You compared words Amber')
    expect(textOf(rowOf(member('Amber ✓')))).not.toContain('You compared words')
  })

  it('tells who is called alike', () => {
    const likeness = { kind: 'contact', name: 'Amber', metMs: yesterdayMs } as const
    const row = rowOf(member('Аmber', { acquaintance: acquaintance({ likeness }) }))
    expect(row).toContain('data-imitates="contact"')
    expect(textOf(row)).toContain('Not the Amber you met ')
  })

  it('knows another tab of this browser', () => {
    const row = rowOf(member('Amber', { acquaintance: acquaintance({ isThisDevice: true, met }) }))
    expect(textOf(row)).toContain('Direct · Another tab of yours')
    expect(textOf(row)).not.toContain('You met')
  })
})

describe('what a row opens', () => {
  it('has the words of both, numbered, and the button that says they match', () => {
    const amber = member('Amber')
    const html = panelOf(amber)
    for (const [id, device] of [
      ['their-words', amber.deviceId],
      ['own-words', member('Teal Otter').deviceId],
    ] as const) {
      const list = html.match(new RegExp(`<ol[^>]*data-testid="${id}".*?</ol>`, 's'))?.[0] ?? ''
      expect(textOf(list).trim().split(' ')).toEqual(device && wordsOf(device))
    }
    expect(testIds(html)).toEqual(['member-path', 'their-words', 'own-words', 'words-match', 'forget-device'])
    expect(textOf(html)).toContain('Words of Amber')
  })

  it.each([
    ['direct', 'connected directly'],
    ['relayed', 'through a relay server'],
    ['connecting', 'not connected'],
    ['lost', 'lost touch'],
  ] as const)('says in words how somebody %s is reached', (state, said) => {
    expect(textOf(panelOf(member('Amber', { state })))).toContain(said)
  })

  it('leads back once they match', () => {
    const html = panelOf(member('Amber', { acquaintance: acquaintance({ isCompared: true }) }))
    expect(testIds(html)).toContain('words-take-back')
    expect(testIds(html)).not.toContain('words-match')
  })

  it('says when they met, and that a name may be the same by chance', () => {
    const likeness = { kind: 'you' } as const
    const text = textOf(panelOf(member('Amber', { acquaintance: acquaintance({ met, likeness }) })))
    expect(text).toMatch(/You met (yesterday|on \w+)\./)
    expect(text).toContain('Has the same name as you. Two may have the same name by chance.')
  })

  it('has no words before it is known who is there, and none of our own tabs', () => {
    expect(testIds(panelOf(member('Amber', { deviceId: null })))).not.toContain('words-match')
    const tab = panelOf(member('Amber', { acquaintance: acquaintance({ isThisDevice: true }) }))
    expect(testIds(tab)).toEqual(['member-path'])
  })

  it('can forget only who is remembered', () => {
    const html = panelOf(member('Amber', { acquaintance: acquaintance({ isRemembered: false }) }))
    expect(testIds(html)).not.toContain('forget-device')
  })
})

describe('the help', () => {
  it('says what is promised and what cannot be, and can forget everyone', () => {
    const html = renderPart(<Help />, { contactCount: 3 })
    expect(textOf(html)).toMatch(/What this page does for you.*What nobody can promise.*Who is remembered/)
    expect(textOf(html)).toContain('3 devices are remembered.')
    expect(testIds(html)).toEqual(['forget-everyone'])
  })

  it('has nobody to forget where nobody is remembered', () => {
    expect(testIds(renderPart(<Help />))).toEqual([])
  })

  it('is one press away, alone and in company', () => {
    for (const members of [[], [member('bob')]]) {
      const html = renderToStaticMarkup(<App session={fakeSession({ members }).session} />)
      expect(testIds(html)).toContain('open-help')
    }
  })
})
