import { isRoot } from '../scripts/browser.mjs'

/** No background traffic, no QUIC, and addresses in the open: local tests have no mDNS to resolve hidden ones. */
export const chromiumArgs = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  // Chromium's sandbox refuses to start as root, as which containers run.
  ...(isRoot() ? ['--no-sandbox'] : []),
]
