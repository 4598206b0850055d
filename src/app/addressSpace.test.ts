import { describe, expect, it } from 'vitest'
import { addressSpaceOf, asksToReach, brokerName, worksWithoutInternet } from './addressSpace.ts'
import { defaultConfig, type BrokerConfig } from './config.ts'

const peerjs = (host: string): BrokerConfig => ({ type: 'peerjs', host, port: 1, path: '/', secure: true })
const mqtt = (url: string): BrokerConfig => ({ type: 'mqtt', url })

describe('the space of an address', () => {
  it.each([
    ['localhost', 'loopback'],
    ['x.localhost', 'loopback'],
    ['127.0.0.1', 'loopback'],
    ['[::1]', 'loopback'],
    ['10.0.0.1', 'local'],
    ['172.16.0.1', 'local'],
    ['172.32.0.1', 'public'],
    ['192.168.1.5', 'local'],
    ['169.254.0.9', 'local'],
    ['100.64.0.1', 'local'],
    ['100.128.0.1', 'public'],
    ['8.8.8.8', 'public'],
    ['[fe80::1]', 'local'],
    ['fd12::1', 'local'],
    ['[2001:db8::1]', 'public'],
    ['Laptop.local', 'local'],
    ['nas.lan', 'local'],
    ['printer.home.arpa.', 'local'],
    ['laptop', 'local'],
    ['example.com', 'public'],
    ['local.example', 'public'],
  ] as const)('%s is %s', (host, space) => expect(addressSpaceOf(host)).toBe(space))
})

describe('a page', () => {
  const lan = { signaling: [peerjs('192.168.1.5')], iceServers: [], iceServersUrl: null }

  it('works without the internet where it and all it contacts is near', () => {
    expect(worksWithoutInternet('192.168.1.5', lan)).toBe(true)
    expect(worksWithoutInternet('localhost', { ...lan, iceServersUrl: 'turn-credentials' })).toBe(true)
    const stun = [{ urls: ['stun:192.168.1.5:4173', 'turn:[fd00::1]:3478?transport=udp'] }]
    expect(worksWithoutInternet('192.168.1.5', { ...lan, iceServers: stun })).toBe(true)
    expect(
      worksWithoutInternet('10.0.0.1', { ...lan, signaling: [mqtt('ws://u:p@nas.local:9001/mqtt')] }),
    ).toBe(true)
  })

  it('does not where anything it contacts is not', () => {
    expect(worksWithoutInternet('192.168.1.5', defaultConfig)).toBe(false)
    expect(worksWithoutInternet('swarmdrop.example', lan)).toBe(false)
    const stun = [{ urls: 'stun:stun.example:3478' }]
    expect(worksWithoutInternet('192.168.1.5', { ...lan, iceServers: stun })).toBe(false)
    expect(worksWithoutInternet('192.168.1.5', { ...lan, iceServersUrl: 'https://turn.example/' })).toBe(
      false,
    )
  })

  it('makes the browser ask only where a broker is nearer than it is', () => {
    expect(asksToReach('swarmdrop.example', lan)).toBe('local')
    expect(asksToReach('swarmdrop.example', { signaling: [peerjs('localhost')] })).toBe('loopback')
    expect(asksToReach('192.168.1.7', lan)).toBeNull()
    expect(asksToReach('localhost', lan)).toBeNull()
    expect(asksToReach('swarmdrop.example', defaultConfig)).toBeNull()
    expect(asksToReach('swarmdrop.example', { signaling: [mqtt('wss://192.168.1.5/mqtt')] })).toBe('local')
  })
})

it('a broker is known by its host, and its port where that is not the usual one', () => {
  const usual = { type: 'peerjs', host: 'b.example', path: '/' } as const
  expect(brokerName({ ...usual, port: 443, secure: true })).toBe('b.example')
  expect(brokerName({ ...usual, port: 443, secure: false })).toBe('b.example:443')
  expect(brokerName({ ...usual, port: 9000, secure: true })).toBe('b.example:9000')
  expect(brokerName(mqtt('wss://user:secret@b.example/mqtt'))).toBe('b.example')
  expect(brokerName(mqtt('ws://b.example:9001/mqtt'))).toBe('b.example:9001')
})
