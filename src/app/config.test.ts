import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { limits } from '../shared/limits.ts'
import { fail, ok } from '../shared/result.ts'
import { defaultConfig, fetchBeside, loadConfig, parseConfig } from './config.ts'

const broker = { type: 'peerjs', host: 'broker.example', port: 9000, path: '/x', secure: false }

describe('config.json', () => {
  it('as it is shipped says the defaults', async () => {
    const shipped: unknown = JSON.parse(
      await readFile(join(import.meta.dirname, '../../public/config.json'), 'utf8'),
    )
    expect(parseConfig(shipped)).toEqual({ config: defaultConfig, faults: [], unreadable: null })
    expect(defaultConfig).toMatchObject(shipped as object)
  })

  it('means the defaults where it is missing', async () => {
    expect(await loadConfig(async () => ok(null))).toEqual({
      config: defaultConfig,
      faults: [],
      unreadable: null,
    })
  })

  it.each([
    ['cannot be had', fail('its host answered 500')],
    ['is not JSON', ok('{')],
    ['is empty', ok('')],
    ['is a page', ok('<!doctype html>')],
    ['is too long', ok(`{"uploadLimitKBps": 5}${' '.repeat(limits.configLengthMax)}`)],
    ['is null', ok('null')],
    ['is a list', ok('[]')],
    ['is a text', ok('"text"')],
    ['is a number', ok('7')],
  ])('contacts nobody where it %s, and says so', async (_what, fetched) => {
    const { config, unreadable, faults } = await loadConfig(async () => fetched)
    expect(config).toEqual({ ...defaultConfig, signaling: [], iceServers: [] })
    expect(unreadable).toEqual(expect.any(String))
    expect(faults).toEqual([])
  })

  it('means the default for a field that is missing', () => {
    expect(parseConfig({}).config).toEqual(defaultConfig)
    expect(parseConfig({ signaling: [broker] }).config).toEqual({ ...defaultConfig, signaling: [broker] })
  })

  it('can name no broker and no ICE server at all', () => {
    const { config, faults } = parseConfig({ signaling: [], iceServers: [], uploadLimitKBps: 5 })
    expect(config).toEqual({ ...defaultConfig, signaling: [], iceServers: [], uploadLimitKBps: 5 })
    expect(faults).toEqual([])
  })

  it('fills in what a broker leaves out', () => {
    const { config } = parseConfig({ signaling: [{ type: 'peerjs', host: 'broker.example' }] })
    expect(config.signaling).toEqual([
      { type: 'peerjs', host: 'broker.example', port: 443, path: '/', secure: true },
    ])
  })

  it.each([
    null,
    'broker.example',
    { type: 'carrier pigeon' },
    { type: 'mqtt' },
    { type: 'mqtt', url: 7 },
    { type: 'mqtt', url: '' },
    { type: 'mqtt', url: 'broker.example/mqtt' },
    { type: 'mqtt', url: 'wss://' },
    { type: 'mqtt', url: 'https://broker.example/mqtt' },
    { type: 'mqtt', url: 'mqtts://broker.example:8883' },
    { type: 'mqtt', url: 'wss://broker.example/mqtt#room' },
    { type: 'mqtt', url: 'wss://alice:50%@broker.example/mqtt' },
    { ...broker, host: '' },
    { ...broker, host: 7 },
    { ...broker, port: 0 },
    { ...broker, port: 65_536 },
    { ...broker, port: 1.5 },
    { ...broker, port: '9000' },
    { ...broker, path: null },
    { ...broker, secure: 'yes' },
  ])('leaves out a broker it does not understand, and says which: %j', (bad) => {
    const { config, faults } = parseConfig({ signaling: [broker, bad] })
    expect(config.signaling).toEqual([broker])
    expect(faults).toEqual(['entry 2 of "signaling" is not understood'])
  })

  it('can name brokers of both kinds, in the order in which they are to be used', () => {
    const signaling = [
      { type: 'mqtt', url: 'wss://broker.example/mqtt' },
      broker,
      { type: 'mqtt', url: 'ws://alice:a%20secret@[::1]:9001/?x=1' },
    ]
    expect(parseConfig({ signaling })).toMatchObject({ config: { signaling }, faults: [] })
  })

  it('takes ICE servers with one address or several, and with a login', () => {
    const iceServers = [
      { urls: 'stun:a.example' },
      { urls: ['turn:a.example', 'turn:b.example'], username: 'alice', credential: 'secret' },
      { urls: ['stun:a.example:3478', 'turns:a.example?transport=tcp'], username: '', credential: '' },
    ]
    expect(parseConfig({ iceServers }).config.iceServers).toEqual(iceServers)
  })

  // A browser throws over the last six, and then links with nobody.
  it.each([
    null,
    {},
    { urls: 7 },
    { urls: ['stun:a.example', 7] },
    { urls: [] },
    { urls: 'https://a.example' },
    { urls: 'stun:' },
    { urls: 'stun:a.example?transport=udp' },
    { urls: 'turn:a.example' },
    { urls: 'turn:a.example', username: 'alice', credential: 7 },
  ])('leaves out an ICE server it does not understand: %j', (bad) => {
    const { config, faults } = parseConfig({ iceServers: [bad] })
    expect(config.iceServers).toEqual([])
    expect(faults).toEqual(['entry 1 of "iceServers" is not understood'])
  })

  it.each(['https://turn.example/lend?key=k', 'turn-credentials', './turn?x', '/turn', null])(
    'has ICE servers lent by %s',
    (iceServersUrl) => {
      expect(parseConfig({ iceServersUrl })).toMatchObject({ config: { iceServersUrl }, faults: [] })
    },
  )

  it.each(['http://turn.example/', 'ftp://turn.example/', 'https://a:b@turn.example/', 'https://', '', 7])(
    'has no ICE servers lent by %j',
    (iceServersUrl) => {
      const { config, faults } = parseConfig({ iceServersUrl })
      expect(config.iceServersUrl).toBeNull()
      expect(faults).toEqual(['"iceServersUrl" is neither an https address nor one beside the page'])
    },
  )

  it('hides addresses where it says so, and where it cannot be understood', () => {
    expect(parseConfig({ relayOnly: true })).toMatchObject({ config: { relayOnly: true }, faults: [] })
    expect(parseConfig({ relayOnly: false })).toMatchObject({ config: { relayOnly: false }, faults: [] })
    const { config, faults } = parseConfig({ relayOnly: 'yes' })
    expect(config.relayOnly).toBe(true)
    expect(faults).toEqual(['"relayOnly" is neither true nor false'])
  })

  it.each([-1, NaN, Infinity, '5', {}])('takes no upload limit of %j', (uploadLimitKBps) => {
    const { config, faults } = parseConfig({ uploadLimitKBps })
    expect(config.uploadLimitKBps).toBe(0)
    expect(faults).toEqual(['"uploadLimitKBps" is not a number from 0 on'])
  })

  it('means nobody, not the default, by a list that is none, and says which', () => {
    const { config, faults } = parseConfig({ signaling: broker, iceServers: null })
    expect(config).toEqual({ ...defaultConfig, signaling: [], iceServers: [] })
    expect(faults).toEqual(['"signaling" is not a list', '"iceServers" is not a list'])
  })

  it('takes no more brokers and ICE servers than it can use, and says so', () => {
    const { config, faults } = parseConfig({
      signaling: Array.from({ length: limits.brokersMax + 1 }, () => broker),
      iceServers: Array.from({ length: 100 }, () => ({ urls: 'stun:a.example' })),
    })
    expect(config.signaling).toHaveLength(limits.brokersMax)
    expect(config.iceServers).toHaveLength(limits.iceServersMax)
    expect(faults).toEqual([
      `of "signaling" only the first ${limits.brokersMax} entries are used`,
      `of "iceServers" only the first ${limits.iceServersMax} entries are used`,
    ])
  })

  it.each([
    ['https://192.168.1.5:4173', 'https://192.168.1.5:4173/'],
    ['http://box.local/drop/index.html?debug#old', 'http://box.local/drop/index.html?debug'],
    [null, null],
  ])('takes the page to be at %s', (pageUrl, taken) => {
    expect(parseConfig({ pageUrl })).toMatchObject({ config: { pageUrl: taken }, faults: [] })
  })

  it.each(['javascript:alert(1)', 'box.local', '', 7, {}, 'https://', 'https://alice:secret@box.local/'])(
    'takes the page not to be at %j',
    (pageUrl) => {
      const { config, faults } = parseConfig({ pageUrl })
      expect(config.pageUrl).toBeNull()
      expect(faults).toEqual(['"pageUrl" is not an http or https address'])
    },
  )
})

/** Nobody must read it to its end. */
const endless = () =>
  new ReadableStream<Uint8Array>({ pull: (stream) => stream.enqueue(new Uint8Array(65_536).fill(97)) })

const fetchAs = (answer: () => Promise<Response> | Response) => {
  vi.stubGlobal('fetch', async () => answer())
  return fetchBeside('config.json')
}

describe('a file beside the page', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is its text', async () => {
    expect(await fetchAs(() => Response.json({ signaling: [] }))).toEqual(ok('{"signaling":[]}'))
    // Some hosts do not know the type of a .json.
    const typeless = new Response('{}', { headers: { 'content-type': 'application/octet-stream' } })
    expect(await fetchAs(() => typeless)).toEqual(ok('{}'))
  })

  it('is missing by a 404 alone', async () => {
    expect(await fetchAs(() => new Response('not found', { status: 404 }))).toEqual(ok(null))
  })

  it.each([400, 401, 403, 421, 500, 502, 503])('cannot be had by a %i', async (status) => {
    expect(await fetchAs(() => new Response('', { status }))).toEqual(fail(`its host answered ${status}`))
  })

  it.each([
    ['a redirect', () => ({ type: 'opaqueredirect', status: 0, ok: false }) as Response],
    ['a page', () => new Response('{}', { headers: { 'content-type': 'text/html; charset=utf-8' } })],
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a host that stays silent', () => Promise.reject(new DOMException('', 'TimeoutError'))],
    ['an answer without an end', () => new Response(endless())],
    [
      'an end in the middle',
      () => new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('network')) })),
    ],
  ])('cannot be had by %s', async (_what, answer) => {
    expect(await fetchAs(answer)).toEqual({ ok: false, fault: expect.any(String) })
  })
})
