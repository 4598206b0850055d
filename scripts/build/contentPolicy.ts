import type { Plugin } from 'vite'
import { metaPolicy } from '../server/securityHeaders.ts'

/**
 * Puts the content security policy into the built page, for hosts that send no headers. Not while developing: what Vite
 * then adds to the page is inline.
 */
export function contentPolicy(): Plugin {
  return {
    name: 'swarmdrop-content-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy },
        injectTo: 'head-prepend',
      },
    ],
  }
}
