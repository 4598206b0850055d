import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A private key and its certificate, both PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const dayMs = 24 * 60 * 60 * 1000
/** Safari refuses certificates that live longer than 825 days (support.apple.com/103769). */
const lifetimeMs = 365 * dayMs
/** Made anew this long before it ends, so that it does not end while the server runs. */
const renewBeforeMs = 7 * dayMs

/**
 * A self-made certificate for `names` (host names and IP addresses). It is kept in `cacheFolder`, so that a browser told
 * once to accept it need not be told again, and made anew when a name is missing from it or it is about to expire.
 */
export async function certificateFor(names: readonly string[], cacheFolder: string): Promise<Certificate> {
  const file = join(cacheFolder, 'certificate.json')
  const kept = await readCertificate(file)
  if (kept !== null && isGoodFor(kept, names)) return kept
  const made = await makeCertificate(names)
  await mkdir(cacheFolder, { recursive: true })
  await writeFile(file, JSON.stringify(made), { mode: 0o600 })
  return made
}

async function readCertificate(file: string): Promise<Certificate | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isCertificate(kept) ? kept : null
  } catch {
    return null
  }
}

const isCertificate = (value: unknown): value is Certificate =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  'cert' in value &&
  typeof value.key === 'string' &&
  typeof value.cert === 'string'

function isGoodFor({ cert }: Certificate, names: readonly string[]): boolean {
  try {
    const x509 = new X509Certificate(cert)
    const covers = (name: string) => (isIP(name) ? x509.checkIP(name) : x509.checkHost(name)) !== undefined
    return names.every(covers) && Date.parse(x509.validTo) > Date.now() + renewBeforeMs
  } catch {
    return false
  }
}

async function makeCertificate(names: readonly string[]): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'Swarmdrop on this computer' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + lifetimeMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}
