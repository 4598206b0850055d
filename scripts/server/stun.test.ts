import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { serverLimits } from './serverLimits.ts'
import { openStunServer, stunAnswer, type StunServer } from './stun.ts'

const from = { address: '192.0.2.1', port: 32_853, family: 'IPv4' } as const

function request(): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt16BE(0x0001, 0)
  bytes.write('2112a442b7e7a701bc34d686fa87dfae', 4, 'hex')
  return bytes
}

let server: StunServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

test('says under which address it sees who asks, as in RFC 5769, section 2.2', () => {
  expect(stunAnswer(request(), from)?.toString('hex')).toBe(
    `0101000c2112a442b7e7a701bc34d686fa87dfae002000080001${'a147e112a643'}`,
  )
})

test('answers nothing but binding requests over IPv4', () => {
  const changed = (at: number, value: number): Buffer => {
    const bytes = request()
    bytes[at] = value
    return bytes
  }
  expect(stunAnswer(request(), { ...from, family: 'IPv6' })).toBeNull()
  expect(stunAnswer(request().subarray(0, 19), from)).toBeNull()
  expect(stunAnswer(Buffer.concat([request(), Buffer.alloc(4)]), from)).toBeNull()
  for (const bytes of [changed(0, 1), changed(1, 2), changed(3, 4), changed(4, 0)])
    expect(stunAnswer(bytes, from)).toBeNull()
})

test('answers over the network, and nobody more than its share in a span', async () => {
  const limits = { ...serverLimits, stunAnswersPerAddress: 3, stunSpanMs: 200 }
  const { port } = (server = await openStunServer(0, '127.0.0.1', limits))
  const client = createSocket('udp4')
  const answered: number[] = []
  client.on('message', (answer) => answered.push(answer.readUInt32BE(16)))
  const ask = (number: number): void => {
    const bytes = request()
    bytes.writeUInt32BE(number, 16)
    client.send(bytes, port, '127.0.0.1')
  }
  for (let number = 0; number < 3; number++) {
    ask(number)
    await once(client, 'message')
  }
  // One too many, and others until the span is over and one of them is answered: an answer to the first would have come before.
  let last = 3
  ask(last)
  const asking = setInterval(() => ask(++last), 20)
  await once(client, 'message')
  clearInterval(asking)
  expect(answered.slice(0, 3)).toEqual([0, 1, 2])
  expect(answered[3]).toBeGreaterThan(3)
  client.close()
})

test('takes another port where that of the pages is taken', async () => {
  const taken = createSocket('udp4')
  await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve))
  const { port } = taken.address()
  server = await openStunServer(port, '127.0.0.1', serverLimits)
  expect(server.port).not.toBe(port)
  taken.close()
})
