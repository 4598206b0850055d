import { join, relative, sep } from 'node:path'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import staticWithCopies from 'express-static-gzip'
import { admit } from './admission.ts'
import { brokerPath, type Broker } from './broker.ts'
import { isLoopbackName, type HostAndPort, type Hosts } from './hosts.ts'
import type { Machine } from './machine.ts'
import { immutable, securityHeaders } from './securityHeaders.ts'
import { turnCredentials, turnCredentialsPath, type TurnOptions } from './turnCredentials.ts'

export interface PagesParts {
  /** The built page, with compressed copies beside its files. */
  readonly distFolder: string
  /** Served as config.json in place of our own. */
  readonly configOverride: unknown
  readonly broker: Broker
  /** Whose credentials we make for our pages; null for none. */
  readonly turn: TurnOptions | null
  readonly turnCredentialLifeMs: number
  readonly hosts: Hosts
  readonly machine: Machine
  /** Of the STUN server beside the pages; null while there is none. */
  stunPort(): number | null
  /** Of the machine's addresses, those the server listens at, the likeliest first. */
  networkAddresses(): readonly string[]
}

/** Everything that is answered over http and https, refusals and errors too, all under the same headers. */
export function pages(parts: PagesParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(withSecurityHeaders, onlyAdmitted(parts))
  parts.broker.mountIn(app)
  app.get('/config.json', sendConfig(parts))
  if (parts.turn !== null) app.get(`/${turnCredentialsPath}`, sendCredentials(parts.turn, parts))
  app.use(builtPage(parts.distFolder))
  app.use(notFound, failed)
  return app
}

const withSecurityHeaders: RequestHandler = (_request, response, next) => {
  response.set(securityHeaders)
  next()
}

function onlyAdmitted({ hosts, machine }: PagesParts): RequestHandler {
  return (request, response, next) => {
    const admission = admit(request, hosts, machine)
    if (admission.admitted) return next()
    if (admission.location !== undefined) response.set('Location', admission.location)
    response.status(admission.status).type('text/plain').send(admission.why)
  }
}

/** Only those who reach the page get them: another site's page may ask, but cannot read the answer. */
function sendCredentials(turn: TurnOptions, { turnCredentialLifeMs }: PagesParts): RequestHandler {
  return (_request, response) => {
    response.set('Cache-Control', 'no-store').json(turnCredentials(turn, turnCredentialLifeMs, Date.now()))
  }
}

function sendConfig(parts: PagesParts): RequestHandler {
  return (request, response, next) => {
    const admission = admit(request, parts.hosts, parts.machine)
    if (!admission.admitted) return next()
    const port = request.socket.localPort ?? admission.at.port
    const own = () =>
      ownConfig(
        admission.at,
        admission.secure,
        pageUrl(admission.at, port, parts),
        ownStun(admission.at, parts),
        parts.turn,
      )
    response.set('Cache-Control', 'no-cache').json(parts.configOverride ?? own())
  }
}

/** What the page needs to find this server's broker: the address it was itself reached at. A TURN server of ours is lent. */
function ownConfig(
  at: HostAndPort,
  secure: boolean,
  url: string | null,
  stun: readonly object[],
  turn: TurnOptions | null,
): unknown {
  const signaling = [{ type: 'peerjs', ...at, path: brokerPath, secure }]
  return {
    signaling,
    iceServers: stun,
    ...(turn !== null && { iceServersUrl: turnCredentialsPath }),
    ...(url !== null && { pageUrl: url }),
  }
}

/** Nobody outside is asked, who might not be there: a STUN server of ours, at an address of this network. */
function ownStun({ host }: HostAndPort, { networkAddresses, stunPort }: PagesParts): readonly object[] {
  const addresses = networkAddresses()
  const address = isLoopbackName(host) ? addresses[0] : addresses.find((own) => own === host)
  const port = stunPort()
  return address === undefined || port === null ? [] : [{ urls: `stun:${address}:${port}` }]
}

/** Where others find the page that was asked for as localhost, which means something else to each of them. */
function pageUrl(at: HostAndPort, port: number, { networkAddresses }: PagesParts): string | null {
  const [likeliest] = networkAddresses()
  return isLoopbackName(at.host) && likeliest !== undefined ? `https://${likeliest}:${port}/` : null
}

function builtPage(distFolder: string): RequestHandler {
  return staticWithCopies(distFolder, {
    enableBrotli: true,
    orderPreference: ['br', 'gzip'],
    serveStatic: {
      redirect: false,
      setHeaders: (response, file) => {
        response.setHeader('Cache-Control', cacheControl(relative(distFolder, file)))
      },
    },
  })
}

/** All files but those in assets/ may change under the same name. */
function cacheControl(path: string): string {
  return path.startsWith(join('assets', sep)) ? immutable : 'no-cache'
}

const notFound: RequestHandler = (_request, response) => {
  // Set already if a compressed copy was to be served and is gone since.
  response.removeHeader('Content-Encoding')
  response.status(404).type('text/plain').send('There is nothing here.')
}

const failed: ErrorRequestHandler = (error: { readonly status?: number }, _request, response, next) => {
  if (response.headersSent) return next(error)
  response.removeHeader('Content-Encoding')
  const status = error.status ?? 500
  response
    .status(status)
    .type('text/plain')
    .send(status < 500 ? 'That cannot be answered.' : 'The server failed.')
}
