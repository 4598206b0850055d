import type { SaveRequest } from './savingProtocol.ts'

/** Of a zip that is saved and never shown. */
export function downloadHeaders({ name, sizeBytes }: SaveRequest): Record<string, string> {
  return {
    'Content-Type': 'application/zip',
    'Content-Disposition': contentDisposition(name),
    'Content-Length': String(sizeBytes),
    'X-Content-Type-Options': 'nosniff',
  }
}

/** RFC 6266 with the UTF-8 form of RFC 8187; the plain form is for those that do not know it. */
export function contentDisposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
