import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { defaultConfig, loadConfig, parseConfig } from './config.ts'

const broker = { type: 'peerjs', host: 'broker.example', port: 9000, path: '/x', secure: false }

describe('config.json', () => {
  it('as it is shipped says the defaults', async () => {
    const shipped: unknown = JSON.parse(
      await readFile(join(import.meta.dirname, '../../public/config.json'), 'utf8'),
    )
    expect(shipped).toEqual(defaultConfig)
  })

  it('means the defaults where it is missing', async () => {
    expect(await loadConfig(async () => null)).toEqual({ config: defaultConfig, faults: [] })
  })

  it('means the defaults where it is not JSON, and says so', async () => {
    expect(await loadConfig(async () => '{')).toEqual({
      config: defaultConfig,
      faults: ['config.json is not JSON'],
    })
  })

  it.each([null, [], 'text', 7])('means the defaults where it is %j', (value) => {
    expect(parseConfig(value)).toEqual({ config: defaultConfig, faults: ['config.json is not an object'] })
  })

  it('means the default for a field that is missing', () => {
    expect(parseConfig({}).config).toEqual(defaultConfig)
    expect(parseConfig({ signaling: [broker] }).config).toEqual({ ...defaultConfig, signaling: [broker] })
  })

  it('can name no broker and no ICE server at all', () => {
    const { config, faults } = parseConfig({ signaling: [], iceServers: [], uploadLimitKBps: 5 })
    expect(config).toEqual({ signaling: [], iceServers: [], uploadLimitKBps: 5 })
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

  it('takes ICE servers with one address or several, and with a login', () => {
    const iceServers = [
      { urls: 'stun:a.example' },
      { urls: ['turn:a.example', 'turn:b.example'], username: 'alice', credential: 'secret' },
    ]
    expect(parseConfig({ iceServers }).config.iceServers).toEqual(iceServers)
  })

  it.each([null, {}, { urls: 7 }, { urls: ['stun:a.example', 7] }])(
    'leaves out an ICE server it does not understand: %j',
    (bad) => {
      const { config, faults } = parseConfig({ iceServers: [bad] })
      expect(config.iceServers).toEqual([])
      expect(faults).toEqual(['entry 1 of "iceServers" is not understood'])
    },
  )

  it.each([-1, NaN, Infinity, '5', {}])('takes no upload limit of %j', (uploadLimitKBps) => {
    const { config, faults } = parseConfig({ uploadLimitKBps })
    expect(config.uploadLimitKBps).toBe(0)
    expect(faults).toEqual(['"uploadLimitKBps" is not a number from 0 on'])
  })

  it('says which list is none', () => {
    const { config, faults } = parseConfig({ signaling: broker, iceServers: 'stun:a.example' })
    expect(config).toEqual(defaultConfig)
    expect(faults).toEqual(['"signaling" is not a list', '"iceServers" is not a list'])
  })

  it('takes no more brokers than a member can have mailboxes', () => {
    const { config } = parseConfig({ signaling: Array.from({ length: 100 }, () => broker) })
    expect(config.signaling).toHaveLength(limits.brokersMax)
  })
})
