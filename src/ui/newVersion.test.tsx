import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { View } from '../app/view.ts'
import { NewVersion } from './NewVersion.tsx'
import { NewVersionNotice } from './NewVersionNotice.tsx'
import { SessionProvider } from './SessionContext.tsx'
import { fakeSession } from './testing/fakeSession.ts'
import { laterWords } from './words/laterWords.ts'

const render = (newVersion: View['newVersion'], part = <NewVersion />): string =>
  renderToStaticMarkup(
    <SessionProvider session={fakeSession({ newVersion }).session}>{part}</SessionProvider>,
  )

it('one that is ready can be used now or later', () => {
  const html = render('ready')
  expect(html).toContain('data-testid="new-version" data-state="ready"')
  expect(html).toContain(laterWords.newVersion.ready)
  expect(html.match(/<button/g)).toHaveLength(2)
})

it('while it is changed to, there is nothing to press', () => {
  const html = render('beingTaken')
  expect(html).toContain('data-state="changing"')
  expect(html).not.toContain('<button')
})

it('the place where it is announced is there before it, empty, for those who listen', () => {
  expect(render('none', <NewVersionNotice />)).toBe('<div role="status"></div>')
})
