import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { certificateFor } from './certificate.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmdrop-certificate-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('the certificate covers every name and is kept', async () => {
  const names = ['localhost', '127.0.0.1', '192.168.1.5']
  const made = await certificateFor(names, folder)
  const x509 = new X509Certificate(made.cert)
  expect(x509.checkHost('localhost')).toBe('localhost')
  expect(x509.checkIP('192.168.1.5')).toBe('192.168.1.5')
  expect(await certificateFor(names, folder)).toEqual(made)
  expect(await certificateFor(['localhost'], folder)).toEqual(made)
})

test('a new address makes a new certificate', async () => {
  const made = await certificateFor(['localhost', '192.168.1.5'], folder)
  expect(await certificateFor(['localhost', '192.168.1.6'], folder)).not.toEqual(made)
})

test('a spoilt cache is made anew', async () => {
  await certificateFor(['localhost'], folder)
  const [file = ''] = await readdir(folder)
  for (const spoilt of ['', '{}', '{"key":"a","cert":"b"}']) {
    await writeFile(join(folder, file), spoilt)
    expect((await certificateFor(['localhost'], folder)).cert).toContain('BEGIN CERTIFICATE')
  }
})
