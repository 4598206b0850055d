import type { HandTrouble, HandView } from '../../app/view.ts'
import { nameInSentence as named } from './names.ts'

const troubles: Record<Exclude<HandTrouble['code'], 'otherRoom'>, string> = {
  notOurs: 'There is no code of Swarmdrop in that. Scan or paste the whole of what the other device shows.',
  damaged:
    'A part of that is missing or was changed on its way. Copy the whole of it once more, or scan it instead.',
  ownInvitation:
    'That is the invitation of this very page. Give it to the other device, and bring its answer here.',
  ownAnswer: 'That is the answer of this very page. Give it to the device that invited you.',
  otherInvitation:
    'That answers another invitation: an earlier one, one that somebody else has taken, or one of another room. Let the other device scan the code that is shown here now.',
  takenElsewhere:
    'Another tab of this browser shows the invitation, and has this answer now. Go back there; this tab can be closed.',
  sameRoom:
    'You are in this room already. To bring somebody in without a server, give them the invitation that is shown here.',
  connectedAlready: 'You two are connected already.',
  noWay:
    'You have each other’s code, but there is no way between your networks. It helps if both devices are on the same Wi-Fi, or one uses the hotspot of the other.',
  nobodyCame:
    'Nobody took this answer within ten minutes. Scan or paste the invitation once more to try again.',
  noRelay:
    'You hide your address, and this page has no relay server to hide it behind, so nobody can connect with you. Stop hiding it under “Check this connection” at the foot of the page.',
  noAddress:
    'This browser knows no address of this device, so nobody could reach it. Join a Wi-Fi, or the hotspot of a phone. Where there is neither, press “Scan a code” once and allow the camera: browsers then look at every network of the device. Make a new invitation afterwards.',
  unable:
    'This browser does not tell what another needs to connect with it. Open the page in a current Chrome, Edge, Firefox or Safari.',
  notLoaded: 'This part of the page could not be loaded. Check the connection, then reload the page.',
}

/** What the camera would not do, and what to do instead. */
const cameraTroubles = {
  none: 'No camera was found. Take or choose a picture of the code instead, or paste its text.',
  denied:
    'The browser does not let this page use the camera. Allow it in the address bar and try again, or take a picture of the code instead.',
  insecure:
    'Browsers lend the camera to https pages alone. Take a picture of the code instead, or paste its text.',
  busy: 'The camera could not be started: another app may be using it. Take a picture of the code instead.',
} as const

export type CameraTrouble = keyof typeof cameraTroubles

export const enByHand = {
  invite: 'Let the other device scan this, or send it the text. No server is needed.',
  answer:
    'Let the device that invited you scan this, or send it the text. You are connected as soon as it has it.',
  codes: { invitation: 'QR code of the invitation', answer: 'QR code of the answer' },
  texts: { invitation: 'Invitation as text', answer: 'Answer as text' },
  copies: { invitation: 'Copy invitation', answer: 'Copy answer' },
  forOne:
    'Each invitation is for one device. Whoever has it can enter this room and see your network address.',
  thenAnswer: 'Then bring its answer here',
  orTake: 'Were you given a code?',
  paste: 'Paste it here',
  take: 'Take it',
  scan: 'Scan with the camera',
  state: (kind: HandView['kind'], state: HandView['state']): string => {
    if (state === 'making') return 'One moment…'
    if (state === 'connecting') return 'Connecting…'
    return kind === 'answer' && state === 'waiting'
      ? 'Waiting for the other device. Leave this page open.'
      : ''
  },
  connected: (name: string) =>
    name === '' ? 'You are connected.' : `You are connected with ${named(name)}.`,
  another: 'Invite another device',
  again: 'Make a new invitation',
  done: 'Done',
  trouble: (code: keyof typeof troubles) => troubles[code],
  otherRoom: 'That leads to another room. What you share here stays here.',
  otherPage: (host: string) =>
    `That leads to a room on another page, ${named(host)}. What you share here stays here.`,
  enter: 'Go there',
  stay: 'Stay here',

  scanning: {
    how: 'Hold the camera on the code of the other device: a room’s, an invitation or an answer.',
    starting: 'The browser may ask whether this page may use the camera.',
    looking: 'Looking for a code…',
    view: 'What the camera sees',
    picture: 'Use a picture of it',
    noCode:
      'No code was found in that picture. Take it from nearer, in good light, with the whole code on it.',
    stop: 'Stop the camera',
    camera: (trouble: CameraTrouble) => cameraTroubles[trouble],
  },
}
