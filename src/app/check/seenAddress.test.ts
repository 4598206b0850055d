import { describe, expect, it } from 'vitest'
import { wasAnswered, type SilentGathering } from './seenAddress.ts'

const stun = [{ urls: 'stun:192.0.2.1' }]
const onTheInternet: SilentGathering = {
  servers: stun,
  isComplete: true,
  hasFailed: false,
  tellsFailures: true,
  hosts: ['198.51.100.7'],
}

const cases: readonly [string, Partial<SilentGathering>, boolean | null][] = [
  ['answered where the browser’s own is one of the internet', {}, true],
  ['answered by IPv6', { hosts: ['fe80::1', '2001:db8::1'] }, true],
  ['answered by TURN over UDP', { servers: [{ urls: ['turns:a.example', 'turn:a.example'] }] }, true],
  ['not answered where a server failed', { hasFailed: true }, false],
  ['not answered where it did not end', { isComplete: false }, false],
  ['untold where the browser tells of no failures', { tellsFailures: false }, null],
  ['untold at home', { hosts: ['192.168.1.7', '10.0.0.1', '172.31.0.1', '100.64.0.1', 'fd00::1'] }, null],
  ['untold where the browser hides its own', { hosts: [null, '2a0f8a1e.local'] }, null],
  ['untold without an address', { hosts: [] }, null],
  [
    'untold where nothing was asked by UDP',
    { servers: [{ urls: ['turn:a.example?transport=tcp', 'turns:a.example', 'stuns:a.example'] }] },
    null,
  ],
  [
    'untold by TCP, also where that failed',
    { servers: [{ urls: 'turns:a.example' }], hasFailed: true },
    null,
  ],
]

describe('a gathering in which no address was told', () => {
  it.each(cases)('was %s', (_what, changes, answered) => {
    expect(wasAnswered({ ...onTheInternet, ...changes })).toBe(answered)
  })
})
