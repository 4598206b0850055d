import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { whatIsMissing } from '../scripts/commands.ts'

export interface TurnServer {
  /** Also answers STUN. */
  readonly host: string
  readonly port: number
  readonly secret: string
  close(): Promise<void>
}

export interface TurnServerOptions {
  /** The address it listens at and lends places of. */
  readonly host: string
  /** Any free one if left out. */
  readonly port?: number
  readonly secret: string
  /** Words before its own command, such as those that run it on another host. */
  readonly commandPrefix?: readonly string[]
}

/** Why this machine has no TURN server to offer; null where it has. */
export const whyNoTurnServer = (): string | null => whatIsMissing('turnserver')

/** A coturn that takes credentials made from a secret (`use-auth-secret`). */
export async function startTurnServer(options: TurnServerOptions): Promise<TurnServer> {
  const { host, port = await freePort(), secret, commandPrefix = [] } = options
  const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-turn-'))
  const [command = '', ...args] = [
    ...commandPrefix,
    'turnserver',
    '-n',
    `--listening-ip=${host}`,
    `--relay-ip=${host}`,
    `--listening-port=${port}`,
    '--use-auth-secret',
    `--static-auth-secret=${secret}`,
    '--realm=swarmdrop',
    '--allow-loopback-peers',
    '--no-tls',
    '--no-dtls',
    '--no-cli',
    '--log-file=stdout',
    `--pidfile=${join(folder, 'pid')}`,
    `--userdb=${join(folder, 'users')}`,
  ]
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const close = async (): Promise<void> => {
    const ended = once(server, 'exit')
    if (server.exitCode === null && server.kill()) await ended
    await rm(folder, { recursive: true, force: true })
  }
  for await (const line of createInterface({ input: server.stdout })) {
    // The last thread it begins; by then it listens.
    if (!line.includes('(admin thread)')) continue
    server.stdout.resume()
    return { host, port, secret, close }
  }
  await close()
  throw new Error('The TURN server ended before it began')
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}
