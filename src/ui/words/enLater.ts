import type { MemberView } from '../../app/view.ts'
import { enByHand } from './enByHand.ts'
import { found, title } from './enCheck.ts'
import { day } from './enPeople.ts'
import { formatsFor } from './format.ts'
import { nameInSentence as named } from './names.ts'
import { pluralFor } from './plural.ts'

const locale = 'en'
const { count, size } = formatsFor(locale)
const plural = pluralFor(locale, count)

const paths: Record<MemberView['state'], string> = {
  connecting: 'You are not connected with each other yet.',
  direct: 'You are connected directly, from browser to browser.',
  relayed:
    'You are connected through a relay server, which passes on what you send each other and can read none of it.',
  reachable:
    'In a large room not everyone is connected with everyone: you hear of each other through others, and are connected as soon as one wants what the other has.',
  lost: 'You have lost touch. It is tried again by itself.',
}

/** English, of what is loaded only when somebody opens it. */
export const enLater = {
  newVersion: {
    ready:
      'There is a new version of this page. You have it when you next open the page, or now: the page reloads, and you are back in this room.',
    now: 'Use it now',
    later: 'Later',
    moving:
      'Something is still on its way, and a reload now would interrupt it. The page changes by itself when it is through and nothing would be lost.',
    onlyHere:
      'Some of what is here is with nobody else yet, or only in memory and not saved. After a reload it would have to be shared or fetched again. The page changes by itself once that is no longer so.',
    allTheSame: 'Reload all the same',
    beingTaken:
      'One moment: the page changes to its new version. Where a tab is still saving, that is finished first.',
  },

  panel: {
    heading: 'Is it really them?',
    how: 'Anyone can take any name. Read your words to each other, on the phone or face to face. If both of you hear what is on the screen, nobody stands in between.',
    path: (state: MemberView['state']) => paths[state],
    theirs: (name: string) => `Words of ${named(name)}`,
    own: 'Your words',
    match: 'They match',
    differ: 'If even one word differs, it is somebody else.',
    matched: 'You compared these words, and they match.',
    takeBack: 'Take it back',
    noWords: 'There are words to compare as soon as you are connected.',
    thisBrowser: 'This is another tab of your own browser.',
    stranger: 'You have not met before, as far as this browser remembers.',
    chance: 'Two may have the same name by chance. The words tell them apart.',
    forget: 'Forget this device',
    forgotten: 'Forgotten. To this browser you have not met.',
  },

  kept: {
    how: 'What you fetched stays in this browser, and so does a copy of a folder of many small files that you give, so that a room goes on where you left it when you open its link again. A room nobody opens for 30 days is cleared away, and a browser that runs short of space may clear it sooner. Files you saved elsewhere, and your own, are never touched.',
    free: (bytes: number) => `This browser can keep ${size(bytes)} more.`,
    nothing: 'Nothing is kept on this device.',
    looking: 'Looking…',
    here: 'This room',
    room: (openedMs: number, nowMs = Date.now()) => `Room opened ${day(openedMs, nowMs)}`,
    open: 'Open in another tab: look there to clear it.',
    keeps: (shares: number, bytes: number) =>
      `${plural(shares, { one: '1 item', other: '# items' })}, ${size(bytes)} on the disk`,
    whole: (bytes: number) => `${size(bytes)}, all of it here`,
    part: (bytes: number, of: number) => `${size(bytes)} of ${size(of)} here`,
    given: (bytes: number) => `${size(bytes)}, yours: takes no space`,
    copied: (bytes: number) => `${size(bytes)}, yours: a copy is kept here`,
    enter: 'Open the room',
    forgetRoom: 'Clear this room',
    forgetNow: 'Yes, clear it',
    keep: 'Keep it',
    forget: (name: string) => `Clear ${named(name)}`,
  },

  byHand: enByHand,

  check: {
    how: 'What your browser and your network can do, tried just now. The others in the room are told nothing of it.',
    title,
    found,
    running: 'Looking…',
    again: 'Check again',
    states: { good: 'good', warning: 'take note', bad: 'not working', running: 'being checked' },
    helping: 'Others',
    help: 'Help others to reach each other',
    helpHow:
      'Two people whose networks let no connection through between them can get files of each other through you, if you are connected with both. It uses your connection, and keeps nothing. It is on for computers; on phones and tablets it costs battery, and often money.',
    hiding: 'Your address',
    hide: 'Hide my address from others',
    hideHow:
      'They then see the address of a relay server instead of yours, and all that you send each other goes through that server, which can read none of it. It is often slower.',
    hideFromNow:
      'This holds for new connections. Whoever you are connected with now may have your address already; reload the page to connect with them anew.',
    hideImpossible:
      'This page has no relay server to hide it behind, so nobody can connect with you while this is on.',
    hideAlways: 'Whoever runs this page has set this for all who use it.',
  },

  help: {
    promised: 'What this page does for you',
    promises: [
      'Files go from browser to browser, encrypted all the way. No server keeps them, or can read them.',
      'Whoever runs the service that introduces you can read neither what you tell each other nor the link of your room.',
      'Every piece is checked before it is kept. A damaged one is thrown away and fetched again.',
      'The words of a member tell for sure which device it is. Compare them when it matters.',
    ],
    notPromised: 'What nobody can promise',
    limits: [
      'The link is the key. Whoever has it is in the room, sees what is offered, and can take it. Send it only to those you mean.',
      'The people in the room see your network address unless you hide it, and so do the servers that help browsers find each other. The latter see when you are here, too.',
      'Names are chosen freely: two can have the same, by chance or on purpose.',
      'What you have given is given. Whoever has a file can pass it on.',
      'A file can do harm though it arrives whole. Open what you expected, from people you trust.',
      'Whoever serves this page decides what it does. Opened without https, it can be changed on its way to you, and what marks your device can be copied.',
    ],
    remembered: 'Who is remembered',
    how: 'This browser remembers the devices you met: their last name, when you met, and whether you compared words. It tells nobody. A device is one browser on one device: in another browser, in a private window, or once the data of this site is deleted, it is somebody new.',
    count: (contacts: number) =>
      plural(contacts, { one: '1 device is remembered.', other: '# devices are remembered.' }),
    nobody: 'Nobody is remembered.',
    forgetEveryone: 'Forget everyone',
    forgetNow: 'Yes, forget everyone',
    keep: 'Keep them',
  },
}
