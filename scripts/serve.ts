import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import encodeQr from 'qr'
import { networkAddresses } from './addresses.ts'
import { startServer, type Server } from './server.ts'
import { parseHosts } from './server/hosts.ts'
import { parseTurn, type TurnOptions } from './server/turnCredentials.ts'

const defaultPort = 4173
const distFolder = fileURLToPath(new URL('../dist', import.meta.url))

/**
 * Serves the built page until Ctrl-C. Environment: `PORT`; `SWARMDROP_CONFIG`, the path of a config.json to serve;
 * `SWARMDROP_HOSTS`, names the server goes by besides those of this machine, with commas between; `TURN_SECRET` and `TURN_URLS`, the
 * secret shared with a TURN server and its addresses, with commas between.
 */
export async function serve(): Promise<void> {
  const port = readPort(process.env['PORT'])
  const configOverride = await readConfig(process.env['SWARMDROP_CONFIG'])
  const allowedHosts = readHosts(process.env['SWARMDROP_HOSTS'] ?? '')
  const turn = readTurn(process.env['TURN_SECRET'] ?? '', process.env['TURN_URLS'] ?? '')
  const server = await startServer({
    port,
    host: '0.0.0.0',
    distFolder,
    configOverride,
    allowedHosts,
    turn,
  }).catch(sayWhyNot(port))
  console.log(welcome(server, networkAddresses()))
  const stop = () => void server.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return defaultPort
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return giveUp(`PORT=${text} is not a port (0 to 65535).`)
  return port
}

async function readConfig(path: string | undefined): Promise<unknown> {
  if (path === undefined || path === '') return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    return giveUp(`SWARMDROP_CONFIG=${path} cannot be used: ${String(error)}`)
  }
}

function readHosts(text: string): readonly string[] {
  return (
    parseHosts(text) ??
    giveUp(`SWARMDROP_HOSTS=${text} is not a list of host names, without ports, with commas between.`)
  )
}

function readTurn(secret: string, urls: string): TurnOptions | undefined {
  const turn = parseTurn(secret, urls)
  return typeof turn === 'string' ? giveUp(turn) : turn
}

const sayWhyNot =
  (port: number) =>
  (error: NodeJS.ErrnoException): Server => {
    if (error.code === 'EADDRINUSE') {
      return giveUp(
        `Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start`,
      )
    }
    if (error.code === 'EACCES') return giveUp(`This system does not let us open port ${port}.`)
    throw error
  }

function giveUp(why: string): never {
  console.error(why)
  process.exit(1)
}

/** What people read in the terminal. `addresses` are those of the network, the likeliest first; any number of them. */
export function welcome(
  { port, fingerprint }: Pick<Server, 'port' | 'fingerprint'>,
  addresses: readonly string[],
): string {
  const [likeliest, ...others] = addresses.map((address) => `https://${address}:${port}`)
  const here = `  This computer   http://localhost:${port}`
  if (likeliest === undefined) {
    return `\nSwarmdrop is running. There is no network, so only this computer can reach it:\n\n${here}\n`
  }
  return [
    '\nSwarmdrop is running. Ctrl-C stops it.\n',
    here,
    `  The network     ${likeliest}`,
    ...others.map((address) => `                  ${address}`),
    `\n${indent(encodeQr(likeliest, 'ascii', { border: 2 }))}\n`,
    'Open either here. The link and the code that the page shows are for the network: other devices open those.',
    'Their browsers will warn once: the certificate is made by this computer, so nobody else vouches for it.',
    'To be sure that it is this one and nobody is in between, compare its SHA-256 fingerprint:\n',
    ...inHalves(fingerprint).map((half) => `  ${half}`),
    '',
    'It has to be https: only then do browsers give a page on the network encryption and room on the disk.\n',
  ].join('\n')
}

/** Two lines, as browsers show it: one alone is wider than most terminals. */
const inHalves = (fingerprint: string): string[] => [fingerprint.slice(0, 48), fingerprint.slice(48)]

const indent = (text: string): string => text.replaceAll(/^/gm, '  ')
