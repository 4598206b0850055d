import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import { startServer } from './server.ts'
import { register, startTestServer } from './server/testing/testServer.ts'
import { welcome } from './serve.ts'

test('close() ends open connections and frees the port', async () => {
  const first = await startTestServer()
  const carol = await register(first, 'wss', 'carol')
  await first.close()
  await carol.closed
  const second = await startTestServer({ port: first.port })
  expect(second.port).toBe(first.port)
  await second.close()
})

test('a taken port is a fault with its code', async () => {
  const server = await startTestServer()
  const { port, distFolder } = server
  await expect(startServer({ port, host: '127.0.0.1', distFolder })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  await server.close()
})

test('the fingerprint is that of the certificate a browser is shown', async () => {
  const server = await startTestServer()
  const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate = new X509Certificate(socket.getPeerCertificate().raw)
  expect(server.fingerprint).toBe(certificate.fingerprint256)
  expect(server.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  await server.close()
})

test('the terminal shows where to go, and what the certificate must look like', () => {
  const fingerprint = 'AB:'.repeat(31) + 'AB'
  const text = welcome({ port: 4173, fingerprint }, ['192.168.1.5', '10.0.0.2'])
  expect(text).toContain('http://localhost:4173')
  expect(text).toContain('https://192.168.1.5:4173')
  expect(text).toContain('https://10.0.0.2:4173')
  expect(text).toContain('█')
  expect(text.replaceAll(/\s/g, '')).toContain(fingerprint)
  expect(welcome({ port: 4173, fingerprint }, [])).not.toContain('█')
})
