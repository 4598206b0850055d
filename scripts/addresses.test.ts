import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { networkAddresses } from './addresses.ts'

const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '02:00:00:00:00:01',
  cidr: `${address}/24`,
})

test('all addresses are listed, the likeliest first', () => {
  const interfaces = {
    lo: [ipv4('127.0.0.1', true)],
    docker0: [ipv4('172.17.0.1')],
    ppp0: [ipv4('203.0.113.9')],
    wlan0: [ipv4('192.168.1.20')],
    eth0: [ipv4('172.31.0.4'), ipv4('169.254.3.3')],
  }
  expect(networkAddresses(interfaces)).toEqual(['192.168.1.20', '172.31.0.4', '203.0.113.9', '172.17.0.1'])
})

test('a machine without a network has none', () => {
  expect(networkAddresses({ lo: [ipv4('127.0.0.1', true)] })).toEqual([])
})
