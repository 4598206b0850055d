import { describe, expect, test } from 'vitest'
import { Hosts, parseHost, parseHosts } from './hosts.ts'
import { isLoopback, namesOf } from './machine.ts'

const addresses = ['192.168.1.5']
const machine = { names: namesOf('Box.lan'), addresses: () => addresses, isItself: isLoopback }
const hosts = new Hosts(machine, ['drop.example'])

test('a Host header is taken apart, or refused', () => {
  expect(parseHost('192.168.1.5:4173', true)).toEqual({ host: '192.168.1.5', port: 4173 })
  expect(parseHost('box.local', false)).toEqual({ host: 'box.local', port: 80 })
  expect(parseHost('Box.local', true)).toEqual({ host: 'box.local', port: 443 })
  expect(parseHost('my_box:4173', true)).toEqual({ host: 'my_box', port: 4173 })
  expect(parseHost('[fd00::2]:99', false)).toEqual({ host: '[fd00::2]', port: 99 })
  for (const bad of ['', 'a b', 'me@box', 'box/path', 'box:port', 'box:99999', '"><script>', '[::1']) {
    expect(parseHost(bad, false)).toBeNull()
  }
})

describe('our names', () => {
  test.each(['localhost', '127.0.0.1', '[::1]', '192.168.1.5', 'box.lan', 'box.local', 'drop.example'])(
    '%s is one',
    (name) => expect(hosts.isOurs(name)).toBe(true),
  )

  test.each(['evil.example', '192.168.1.6', 'localhost.evil.example', 'xdrop.example', '', '0.0.0.0'])(
    '%j is none',
    (name) => expect(hosts.isOurs(name)).toBe(false),
  )

  test('an address that the machine got later is one', () => {
    addresses.push('10.0.0.7')
    expect(hosts.isOurs('10.0.0.7')).toBe(true)
  })

  test('pages of our own machines may use the broker, on any port', () => {
    for (const origin of ['http://localhost:5173', 'https://192.168.1.5', 'https://drop.example']) {
      expect(hosts.isOurOrigin(origin)).toBe(true)
    }
    for (const origin of [
      'null',
      '',
      'https://evil.example',
      'ftp://localhost',
      'https://localhost.evil.example',
    ]) {
      expect(hosts.isOurOrigin(origin)).toBe(false)
    }
  })
})

test('a machine whose name DNS cannot carry has none', () => {
  expect(namesOf('my box')).toEqual([])
  expect(namesOf('box')).toEqual(['box', 'box.local'])
  expect(namesOf('box.local')).toEqual(['box.local'])
})

test('loopback is told from the network', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
    expect(isLoopback(address)).toBe(true)
  for (const address of ['192.168.1.5', '::ffff:10.0.0.1', '10.127.0.1', '', '::11']) {
    expect(isLoopback(address)).toBe(false)
  }
})

test('a list of names is taken apart, or refused whole', () => {
  expect(parseHosts('Drop.example, my_box  other')).toEqual(['drop.example', 'my_box', 'other'])
  expect(parseHosts('')).toEqual([])
  for (const bad of ['drop.example:443', 'https://drop.example', 'a, b/c']) expect(parseHosts(bad)).toBeNull()
})
