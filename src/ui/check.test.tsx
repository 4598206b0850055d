import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { View } from '../app/view.ts'
import { App } from './App.tsx'
import { Check, CheckLines } from './Check.tsx'
import { SessionProvider } from './SessionContext.tsx'
import { fakeSession, member } from './testing/fakeSession.ts'

const render = (part: ReactNode, view: Partial<View> = {}): string =>
  renderToStaticMarkup(<SessionProvider session={fakeSession(view).session}>{part}</SessionProvider>)
const tag = (html: string, testId: string): string =>
  html.match(new RegExp(`<[^>]*data-testid="${testId}"[^>]*>`))?.[0] ?? ''

const brokers: View['brokers'] = [
  { name: 'a.example', state: 'online', trouble: null },
  { name: 'b.example', state: 'offline', trouble: 'unreachable' },
]

describe('the check of the connection', () => {
  it('is one press away, alone and in company', () => {
    for (const members of [[], [member('bob')]]) {
      const html = renderToStaticMarkup(<App session={fakeSession({ members }).session} />)
      expect(tag(html, 'open-check')).toContain('aria-haspopup="dialog"')
    }
  })

  it('has a line for each thing, with its state for scripts, for the eye and for the ear', () => {
    const html = render(
      <CheckLines
        isDone={false}
        lines={[
          { check: 'tabs', number: 1, finding: { check: 'tabs', outcome: 'works' } },
          { check: 'broker', number: 2, finding: { check: 'broker', outcome: 'unreachable' } },
          { check: 'turn', number: 1, finding: null },
        ]}
      />,
      { brokers },
    )
    const attributes = [...html.matchAll(/data-check="([^"]+)" data-state="([^"]+)"/g)]
    expect(attributes.map(([, ...found]) => found)).toEqual([
      ['tabs', 'good'],
      ['broker-2', 'bad'],
      ['turn', 'running'],
    ])
    expect(html).toContain('b.example⁩<span class="visually-hidden">: not working</span>')
    expect(html).toContain('aria-busy="true"')
  })

  it('knows of a broker that carries nothing what nobody finds out in a moment', () => {
    const line = { check: 'broker', number: 2, finding: { check: 'broker', outcome: 'reached' } } as const
    const silent = { name: 'b.example', state: 'offline', trouble: 'silent' } as const
    const html = render(<CheckLines isDone lines={[line]} />, { brokers: [...brokers.slice(0, 1), silent] })
    expect(html).toContain('data-state="bad"')
    expect(html).toContain('passes nothing on')
  })
})

describe('the switch that hides the address', () => {
  it.each([
    ['off', false, false],
    ['chosen', true, false],
    ['always', true, true],
  ] as const)('shows %s', (hiding, isOn, isFixed) => {
    const html = render(<Check />, { hiding })
    const box = tag(html, 'hide-address')
    expect(box).toContain('role="switch"')
    expect(box.includes('checked=""')).toBe(isOn)
    expect(box.includes('disabled=""')).toBe(isFixed)
    expect(html.includes('Whoever runs this page has set this')).toBe(isFixed)
  })

  it('says that nobody can connect where there is no relay server', () => {
    const message = { code: 'hiddenWithoutRelay', isChosen: true } as const
    const notices = [{ id: 1, level: 'warning', message }] as const
    expect(render(<Check />, { hiding: 'chosen', notices })).toContain('so nobody can connect with you')
    expect(render(<Check />, { hiding: 'chosen' })).not.toContain('so nobody can connect with you')
  })
})

describe('the switch that helps others', () => {
  it.each([true, false])('shows %s', (isHelping) => {
    const box = tag(render(<Check />, { isHelping }), 'help-others')
    expect(box).toContain('role="switch"')
    expect(box.includes('checked=""')).toBe(isHelping)
  })
})
