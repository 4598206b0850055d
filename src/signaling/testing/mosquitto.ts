import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

/** A real MQTT broker that a test can take away and give back. */
export interface Mosquitto {
  /** Its address for WebSockets. */
  readonly url: string
  start(): Promise<void>
  /** It is gone at once and without a word, and knows nobody when it is started again. */
  kill(): Promise<void>
  /** Ends it for good. */
  close(): Promise<void>
}

/** Why this machine has no mosquitto to offer; null where it has. Installs it where that needs nobody: as root on Debian. */
export function whyNoMosquitto(): string | null {
  if (pathOf('mosquitto') === null && process.getuid?.() === 0 && isDebian()) installFromDebian()
  return pathOf('mosquitto') === null ? 'mosquitto must be installed' : null
}

/** Starts one on a free port of this machine, for everybody or, with `login`, for who has that name and password. */
export async function startMosquitto(login?: { name: string; password: string }): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-mosquitto-'))
  // Begun by root, it becomes a user of its own, who needs a place for its socket.
  await chmod(folder, 0o777)
  const port = await freePort()
  const configFile = join(folder, 'mosquitto.conf')
  await writeFile(configFile, configOf(folder, port, login))
  if (login !== undefined) await writeLogin(join(folder, 'passwords'), login)
  let running: ChildProcess | null = null
  const kill = async (): Promise<void> => {
    if (running === null) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
    running = null
  }
  const mosquitto = {
    url: `ws://127.0.0.1:${port}/mqtt`,
    async start() {
      running ??= await begin(configFile)
    },
    kill,
    async close() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await mosquitto.start()
  return mosquitto
}

function configOf(folder: string, port: number, login: object | undefined): string {
  const lines = [
    // Version 2.0.11, Debian's, does not begin with listeners for WebSockets alone.
    `listener 0 ${join(folder, 'socket')}`,
    `listener ${port} 127.0.0.1`,
    'protocol websockets',
    // Without it, 2.0.11 listens at every address of the machine.
    'socket_domain ipv4',
    login === undefined ? 'allow_anonymous true' : `password_file ${join(folder, 'passwords')}`,
    'persistence false',
    'log_dest stderr',
  ]
  return `${lines.join('\n')}\n`
}

async function writeLogin(
  file: string,
  { name, password }: { name: string; password: string },
): Promise<void> {
  await writeFile(file, `${name}:${password}\n`)
  const { status } = spawnSync('mosquitto_passwd', ['-U', file])
  if (status !== 0) throw new Error('mosquitto_passwd does not work')
  await chmod(file, 0o644)
}

async function begin(configFile: string): Promise<ChildProcess> {
  const server = spawn(pathOf('mosquitto') ?? '', ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] })
  for await (const line of createInterface({ input: server.stderr })) {
    if (!line.endsWith(' running')) continue
    server.stderr.resume()
    return server
  }
  throw new Error('mosquitto ended before it began')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Debian puts it where only root looks for commands. */
function pathOf(command: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path)) ?? null
}

function isDebian(): boolean {
  const release = '/etc/os-release'
  return existsSync(release) && /^ID=debian$/m.test(readFileSync(release, 'utf8'))
}

function installFromDebian(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'mosquitto']])
    spawnSync('apt-get', ['-q', ...args], { env, stdio: 'ignore' })
}
