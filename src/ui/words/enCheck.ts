import type { Finding } from '../../app/check/findings.ts'
import { formatsFor } from './format.ts'
import { nameInSentence as named } from './names.ts'

const { size } = formatsFor('en')

const titles: Record<Finding['check'], string> = {
  secure: 'Secure page',
  storage: 'Room for files',
  tabs: 'Talking to other browsers',
  broker: 'Introduction service',
  stun: 'Being found from outside',
  udp: 'Direct connections',
  turn: 'Relay server',
}

const tabs: Record<Extract<Finding, { check: 'tabs' }>['outcome'], string> = {
  works: 'This browser can connect to others.',
  fails:
    'Two connections inside this browser did not find each other, so it will hardly find others. Turn off extensions that block WebRTC, or open the link in another browser.',
  missing:
    'This browser cannot connect to others: WebRTC is missing or switched off. Open the link in a current Chrome, Edge, Firefox or Safari.',
}

const broker: Record<Extract<Finding, { check: 'broker' }>['outcome'], string> = {
  reached: 'It can be reached, so newcomers can join by the link.',
  unreachable:
    'It cannot be reached, so nobody new can join through it. Those already connected stay so. Check that you are online; a firewall or an extension may block it.',
  full: 'It is full, so nobody new can join through it. Those already connected stay so. Try again later; whoever runs the page can add another.',
  refusing:
    'It does not accept this page, so nobody new can join through it. Those already connected stay so. Tell whoever runs the page.',
  silent:
    'It takes us in and passes nothing on, so nobody meets through it. Those already connected stay so. It is tried again by itself.',
  none: 'This page has none, so people cannot find each other by the link alone. Two devices can still connect by codes that they show each other: press “Connect without a server”. Whoever runs the page can add one.',
}

const stun: Record<Extract<Finding, { check: 'stun' }>['outcome'], string> = {
  answers:
    'A server told this browser under which address others see it: people elsewhere can try to connect to you directly.',
  silent:
    'No server told this browser under which address others see it. People on your own network can connect to you; others need a relay server. A firewall may block it: try another network, or turn off a VPN.',
  untold:
    'This browser does not show whether a server told it under which address others see it. If people elsewhere cannot connect to you, try another network.',
  none: 'This page asks no server under which address others see you. On one network that is all you need; people elsewhere can hardly be reached.',
}

const udp: Record<Extract<Finding, { check: 'udp' }>['outcome'], string> = {
  passes: 'Your network lets through the kind of packets (UDP) that direct connections are made of.',
  blocked:
    'Nothing came back by the kind of packets (UDP) that direct connections are made of. Your network seems to block them: people elsewhere can be reached through a relay server only. Another network helps, such as a phone’s hotspot.',
  untold:
    'It cannot be told from here whether your network lets them through: nothing that this page asks shows it.',
}

const turn: Record<Extract<Finding, { check: 'turn' }>['outcome'], string> = {
  works: 'It carried a message there and back: where no direct connection is possible, it stands in.',
  carriesNothing:
    'It let this browser in, but carried nothing. Where no direct connection is possible, you may not be connected. Tell whoever runs the page.',
  refused:
    'It did not take the password that this page has for it. Reload the page; if that does not help, tell whoever runs it.',
  silent:
    'It did not answer, so it cannot stand in where no direct connection is possible. A firewall may block it: try another network, or tell whoever runs the page.',
  none: 'This page has none. Most people connect without; between strict networks (offices, some mobile networks) nobody could. Whoever runs the page can add one.',
}

function storage({ kind, freeBytes }: Extract<Finding, { check: 'storage' }>): string {
  if (kind === 'memory') {
    const most = freeBytes === null ? '' : `, ${size(freeBytes)} at most`
    return `Files are kept in memory${most}, and are gone when the tab is closed. For larger files open the link over https, in an ordinary window.`
  }
  if (freeBytes === null) return 'Files go to the disk. This browser does not say how much room there is.'
  return `Files go to the disk. This browser lets the page use ${size(freeBytes)} more.`
}

const stunNear =
  'A server in your network told this browser its address there: people in that network can connect to you directly. Nobody else is asked, so it works without the internet.'

/** What was found, what it means, and what to do where there is something to do. `isNear`: all that the page contacts is in this network. */
export function found(finding: Finding, isNear: boolean): string {
  switch (finding.check) {
    case 'secure':
      return finding.isSecure
        ? 'The page came over a protected connection, so your browser gives it encryption and room on the disk.'
        : 'The page did not come over https: it could be changed on its way to you, and your browser gives it no room on the disk. Open its https address.'
    case 'storage':
      return storage(finding)
    case 'tabs':
      return tabs[finding.outcome]
    case 'broker':
      return broker[finding.outcome]
    case 'stun':
      return isNear && finding.outcome === 'answers' ? stunNear : stun[finding.outcome]
    case 'udp':
      return udp[finding.outcome]
    case 'turn':
      return turn[finding.outcome]
  }
}

/** What is being looked at. `name`: of one of several brokers. */
export const title = (check: Finding['check'], name: string | null): string =>
  name === null ? titles[check] : `${titles[check]}: ${named(name)}`
