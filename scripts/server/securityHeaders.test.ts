import { expect, test } from 'vitest'
import { headersFile, metaPolicy, securityHeaders } from './securityHeaders.ts'

test('public/_headers says what our server says (vitest --update writes it)', async () => {
  await expect(headersFile()).toMatchFileSnapshot('../../public/_headers')
})

test('nothing inline and nothing from elsewhere may run', () => {
  const header = securityHeaders['Content-Security-Policy'] ?? ''
  for (const policy of [metaPolicy, header]) {
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("object-src 'none'")
  }
  expect(header).toContain('frame-ancestors')
  // A meta tag with it would be ignored with a warning.
  expect(metaPolicy).not.toContain('frame-ancestors')
})

test('no line is longer than static hosts take', () => {
  for (const line of headersFile().split('\n')) expect(line.length).toBeLessThan(2000)
})
