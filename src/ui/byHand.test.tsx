import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { HandTrouble, HandView, View } from '../app/view.ts'
import type { PeerId } from '../shared/ids.ts'
import { App } from './App.tsx'
import { ByHand } from './ByHand.tsx'
import { SessionProvider } from './SessionContext.tsx'
import { fakeSession, member } from './testing/fakeSession.ts'

const link = 'https://swarmdrop.example/#AAECAwQFBgcICQoLDA0ODw.AAAA'
const invitation: HandView = { kind: 'invitation', text: link, state: 'waiting', peer: null, trouble: null }

const render = (hand: Partial<HandView>, view: Partial<View> = {}): string =>
  renderToStaticMarkup(
    <SessionProvider session={fakeSession(view).session}>
      <ByHand hand={{ ...invitation, ...hand }} onClose={() => undefined} />
    </SessionProvider>,
  )

const has = (html: string, testId: string): boolean => html.includes(`data-testid="${testId}"`)

describe('connecting by hand', () => {
  it('is one press away, alone and in company, and so is the scanner', () => {
    for (const members of [[], [member('bob')]]) {
      const html = renderToStaticMarkup(<App session={fakeSession({ members }).session} />)
      for (const testId of ['open-by-hand', 'open-scan']) expect(has(html, testId)).toBe(true)
    }
  })

  it('shows an invitation as a code and as text, and takes the answer', () => {
    const html = render({})
    for (const testId of ['hand-qr', 'hand-text', 'copy-hand', 'hand-paste', 'scan-hand'])
      expect(has(html, testId)).toBe(true)
    expect(html).toContain('data-kind="invitation" data-state="waiting"')
    expect(html).toContain(`value="${link}"`)
    expect(html).toContain('Then bring its answer here')
  })

  it.each([
    // 73 bytes, and a description of 101 (L15): a hidden address, and the one seen from outside.
    ['invitation', `https://swarmdrop.example/#${'A'.repeat(22)}.${'A'.repeat(232)}`],
    // 72 bytes, the same description, and 29 of the seal.
    ['answer', `https://swarmdrop.example/#answer.${'A'.repeat(270)}`],
  ] as const)('is a code of 61 modules, version 11, for an %s', (kind, text) => {
    expect(render({ kind, text })).toContain(`viewBox="0 0 ${61 + 8} ${61 + 8}"`)
  })

  it('shows an answer, and takes nothing while it waits', () => {
    const html = render({ kind: 'answer' })
    expect(has(html, 'hand-qr')).toBe(true)
    expect(has(html, 'hand-paste')).toBe(false)
    expect(html).toContain('Waiting for the other device')
  })

  it('says nothing that is not there yet', () => {
    const html = render({ text: null, state: 'making' })
    expect(has(html, 'hand-qr')).toBe(false)
    expect(html).toContain('One moment')
  })

  it('names whom it led to', () => {
    const peer = 'bob' as PeerId
    const html = render({ state: 'connected', peer }, { members: [member('bob')] })
    expect(html).toContain('You are connected with')
    expect(html).toContain('bob')
    expect(render({ state: 'connected' })).toContain('You are connected.')
  })

  it('leads to another room only by a press, and names another page', () => {
    const trouble: HandTrouble = { code: 'otherRoom', link, host: 'evil.example' }
    const html = render({ trouble })
    expect(html).toContain(`href="${link}"`)
    expect(html).toContain('evil.example')
    expect(has(html, 'hand-qr')).toBe(false)
    expect(render({ trouble: { ...trouble, host: null } })).not.toContain('another page')
  })

  it.each([
    'notOurs',
    'damaged',
    'ownInvitation',
    'ownAnswer',
    'otherInvitation',
    'takenElsewhere',
    'sameRoom',
    'connectedAlready',
    'noWay',
    'nobodyCame',
    'noRelay',
    'noAddress',
    'unable',
    'notLoaded',
  ] as const)('says what is wrong in words, and what to do: %s', (code) => {
    const html = render({ trouble: { code } })
    const [, words = ''] = /role="alert"[^>]*>.*?<\/svg>([^<]+)/.exec(html) ?? []
    expect(words.length).toBeGreaterThan(20)
    expect(words).not.toContain('undefined')
  })

  it('when it has failed, begins anew', () => {
    const html = render({ state: 'failed', trouble: { code: 'noWay' } })
    expect(html).toContain('Make a new invitation')
    expect(has(html, 'hand-qr')).toBe(false)
  })

  it('is put forward where nobody can come in by the link', () => {
    const view = { roomLink: 'https://swarmdrop.example/#AAECAwQFBgcICQoLDA0ODw' }
    const offline = renderToStaticMarkup(
      <App session={fakeSession({ ...view, signaling: 'offline' }).session} />,
    )
    expect(offline).toContain('Nobody can come in by the link just now')
    expect(renderToStaticMarkup(<App session={fakeSession(view).session} />)).not.toContain(
      'Nobody can come in by the link just now',
    )
  })
})
