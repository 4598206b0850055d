import { expect, it } from 'vitest'
import { fingerprintOf } from './fingerprints.ts'

const one = 'a=fingerprint:sha-256 AB:CD:EF'

it('[L12] a description names one certificate, however often and however written', () => {
  expect(fingerprintOf(`v=0\r\n${one}\r\nm=application 9\r\n`)).toBe('SHA-256 AB:CD:EF')
  expect(fingerprintOf(`${one}\n${one.toLowerCase()}\n`)).toBe('SHA-256 AB:CD:EF')
})

it('[L12] none or several are not taken', () => {
  expect(fingerprintOf('')).toBeNull()
  expect(fingerprintOf('v=0\r\na=fingerprint:sha-256\r\n')).toBeNull()
  expect(fingerprintOf(`${one}\r\na=fingerprint:sha-512 AB:CD:EF\r\n`)).toBeNull()
  expect(fingerprintOf(`${one}\r\na=fingerprint:sha-256 AB:CD:E0\r\n`)).toBeNull()
})
