/**
 * What the page may do, said once for our server, for `public/_headers` and for the page itself. A breach of the policy
 * fails the browser tests.
 */
const policy: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'media-src': "'self' blob:",
  // Any broker, and any service that lends ICE servers, which config.json may name. 'self' does not cover ws: everywhere.
  'connect-src': "'self' https: ws: wss:",
  'worker-src': "'self'",
  // A streamed download begins in a hidden frame.
  'frame-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
}

const written = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ')

/** For a `<meta>` in the page, where `frame-ancestors` means nothing (CSP Level 3, section 3.3). */
export const metaPolicy = written(policy)

/** What the page may ask the browser for: a camera for scanning a room's code, the clipboard for its link. */
const permissions = [
  'camera=(self)',
  'clipboard-write=(self)',
  'fullscreen=(self)',
  'screen-wake-lock=(self)',
  ...[
    'accelerometer',
    'clipboard-read',
    'display-capture',
    'encrypted-media',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'publickey-credentials-get',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ].map((feature) => `${feature}=()`),
].join(', ')

/** For every answer there is, errors included. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': written({ ...policy, 'frame-ancestors': "'none'" }),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': permissions,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** Vite names the files in assets/ by their content. */
export const immutable = 'public, max-age=31536000, immutable'

/** The same for static hosts that read a file `_headers` (Netlify, Cloudflare Pages). */
export function headersFile(): string {
  const lines = Object.entries(securityHeaders).map(([name, value]) => `  ${name}: ${value}`)
  return ['/*', ...lines, '/assets/*', `  Cache-Control: ${immutable}`, ''].join('\n')
}
