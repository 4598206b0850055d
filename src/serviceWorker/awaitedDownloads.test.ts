import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { AwaitedDownloads } from './awaitedDownloads.ts'
import { savingAddress } from './savingProtocol.ts'

const scope = 'https://some.example/drop/'
const page = `${scope}#AAAAAAAAAAAAAAAAAAAAAA`
const id = '0f0e0d0c-0b0a-4908-8706-050403020100'
const request = { type: 'save', id, name: 'Fotos.zip', sizeBytes: 5 }
const asked = { url: savingAddress(scope, id), method: 'GET', mode: 'navigate' } as const

const desk = () => new AwaitedDownloads<string>(scope)

describe('a download announced to the service worker', () => {
  it('is given once, under an address that tells nothing of it', () => {
    const downloads = desk()
    expect(downloads.announce(request, page, 'port')).toBe('ready')
    expect(asked.url).toBe(`${scope}saving/${id}`)
    expect(downloads.take(asked)).toEqual({
      port: 'port',
      headers: {
        'Content-Type': 'application/zip',
        'Content-Disposition': `attachment; filename="Fotos.zip"; filename*=UTF-8''Fotos.zip`,
        'Content-Length': '5',
        'X-Content-Type-Options': 'nosniff',
      },
    })
    expect(downloads.take(asked)).toBeNull()
  })

  it.each([
    ['a page beside our folder', 'https://some.example/other/'],
    ['a page whose folder begins as ours', 'https://some.example/drop-evil/'],
    ['another origin', 'https://other.example/drop/'],
    ['no page', null],
  ])('is nobody else’s to announce: %s', (_who, pageAddress) => {
    const downloads = desk()
    expect(downloads.announce(request, pageAddress, 'port')).toBe('ignored')
    expect(downloads.take(asked)).toBeNull()
  })

  it.each([
    ['another kind', { ...request, type: 'ping' }],
    ['an address', { ...request, id: '../index.html' }],
    ['an address after the id', { ...request, id: `${id}/../../index.html` }],
    ['no id', { ...request, id: undefined }],
    ['a line in the name', { ...request, name: 'a\r\nSet-Cookie: b' }],
    ['a path in the name', { ...request, name: 'a/b.zip' }],
    ['a Windows path in the name', { ...request, name: 'a\\b.zip' }],
    ['half a character in the name', { ...request, name: 'a\ud83d.zip' }],
    ['no name', { ...request, name: '' }],
    ['a long name', { ...request, name: 'x'.repeat(limits.nameLengthMax + 1) }],
    ['a length that is none', { ...request, sizeBytes: '5\r\nX: y' }],
    ['a negative length', { ...request, sizeBytes: -1 }],
    ['half a byte', { ...request, sizeBytes: 0.5 }],
    ['nothing', null],
  ])('is refused with %s', (_what, message) => {
    expect(desk().announce(message, page, 'port')).toBe('refused')
  })

  it('takes no headers and no address from a page', () => {
    const downloads = desk()
    const hostile = { ...request, url: page, headers: { 'Content-Type': 'text/html' } }
    expect(downloads.announce(hostile, page, 'port')).toBe('ready')
    expect(downloads.take({ ...asked, url: page })).toBeNull()
    expect(downloads.take(asked)?.headers['Content-Type']).toBe('application/zip')
  })

  it.each([
    ['another address', { ...asked, url: `${scope}index.html` }],
    ['a longer address', { ...asked, url: `${asked.url}/x` }],
    ['a search', { ...asked, url: `${asked.url}?x` }],
    ['a script’s request', { ...asked, mode: 'cors' } as const],
    ['a form', { ...asked, method: 'POST' }],
  ])('leaves alone %s', (_what, other) => {
    const downloads = desk()
    downloads.announce(request, page, 'port')
    expect(downloads.take(other)).toBeNull()
  })

  it('makes way for newer ones that are not asked for either', () => {
    const downloads = desk()
    const ids = Array.from({ length: limits.savingsAwaitedMax + 1 }, () => crypto.randomUUID())
    for (const one of ids) downloads.announce({ ...request, id: one }, page, one)
    const given = ids.map((one) => downloads.take({ ...asked, url: savingAddress(scope, one) })?.port)
    expect(given).toEqual([undefined, ...ids.slice(1)])
  })
})
