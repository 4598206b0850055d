import type { MemberView, ShareTrouble, ShareView, View } from '../../app/view.ts'
import { count, locale, nameList, people, percent, plural, size, speed } from './enCounts.ts'
import { checkConnection, notice } from './enNotices.ts'
import { likeness, met, origin } from './enPeople.ts'
import { roughSpan } from './format.ts'
import { nameInSentence as named } from './names.ts'

function timeLeft(leftMs: number): string {
  const span = roughSpan(leftMs)
  switch (span.unit) {
    case 'moments':
      return 'a few seconds left'
    case 'seconds':
      return plural(span.count, { other: 'about # seconds left' })
    case 'minutes':
      return plural(span.count, { one: 'about a minute left', other: 'about # minutes left' })
    case 'hours':
      return plural(span.count, { one: 'about an hour left', other: 'about # hours left' })
    case 'days':
      return plural(span.count, { one: 'about a day left', other: 'about # days left' })
  }
}

function trouble(what: ShareTrouble, fractionHere: number): string {
  const safe = fractionHere > 0 ? `${percent(fractionHere)} is safe here` : 'Nothing has arrived yet'
  switch (what.code) {
    case 'waitingForRest': {
      const why =
        what.leftBy === null
          ? 'Nobody in the room has the rest right now.'
          : `${named(what.leftBy)} left before sending everything.`
      return `${why} ${safe}; it goes on by itself when anyone who has the rest comes back.`
    }
    case 'restOutOfReach':
      return `Others in the room have the rest, and no way to them has been found yet. ${safe}; it goes on by itself as soon as there is one.`
    case 'filesAway':
      return what.canAsk
        ? 'You shared this before this page was opened anew. Press “Share again”, and your browser asks whether the page may read it.'
        : 'You shared this before this page was opened anew, and a page cannot open files by itself. Drop or choose it here again, and it goes on where it was.'
    case 'storageFull':
      return `The disk is full: this needs ${size(what.neededBytes)} more. ${safe}. It goes on by itself when there is room.`
    case 'tooLargeForMemory':
      return `This is too large for this browser, which can only keep ${size(what.limitBytes)} in memory. Open the room in another browser to take it.`
    case 'sourceChanged':
      return 'The file was changed, moved or deleted on this device after you shared it. What others already have is safe. Drop it here again to share it as it is now.'
    case 'storageBroken':
      return `This browser could not store the file (${named(what.detail)}). ${safe}. Try again, or open the room in another browser.`
    case 'contradicted':
      return 'Whoever shared this told different people that it is different things, so nobody can say which of them is meant, and no more of it is taken or given. Ask for it to be shared again.'
  }
}

const signaling: Record<View['signaling'], { short: string; long: string }> = {
  connecting: { short: 'Connecting…', long: 'Connecting to the introduction service' },
  online: { short: 'Online', long: 'Newcomers can join by the link' },
  offline: {
    short: 'No newcomers',
    long: 'No introduction service takes us in: nobody new can join by the link now',
  },
}

const memberStates: Record<MemberView['state'], string> = {
  connecting: 'Connecting…',
  direct: 'Direct',
  relayed: 'Through a relay',
  reachable: 'Through others',
  lost: 'Lost touch',
}

const devices: Record<MemberView['device'], string> = {
  phone: 'phone',
  tablet: 'tablet',
  desktop: 'computer',
}

/** English. Every sentence the page says, and nothing but words: names come in, text goes out. */
export const en = {
  locale,
  productName: 'Swarmdrop',
  count,
  size,
  speed,
  percent,
  timeLeft,
  trouble,
  notice,
  signaling: (state: View['signaling']) => signaling[state],
  memberState: (state: MemberView['state']) => memberStates[state],
  device: (device: MemberView['device']) => devices[device],
  unnamed: 'Unnamed',
  you: 'you',
  copied: 'Copied',

  invite: {
    heading: 'Bring someone in',
    onlyHere:
      'This link works on this computer alone. To bring in a phone or another computer, open this page by its network address (the terminal that started it shows one) and share the link you find there.',
    how: 'Scan this code with a phone, or send the link. Whoever opens it is in the room with you.',
    offline:
      'Nobody can come in by the link just now, as no introduction service takes us in. Two devices can still be connected by codes that they show each other.',
    near: 'Works without the internet: the page, introductions and files all stay in your network.',
    headingOthers: 'Invite more people',
    open: 'Invite',
    link: 'Room link',
    copy: 'Copy link',
    qr: 'QR code of the room link',
    seenAs: 'Others see you as',
  },

  members: {
    heading: 'In this room',
    count: (number: number) => people(number),
    showAll: (number: number) => `Show all ${people(number)}`,
    showFewer: 'Show fewer',
    met,
    likeness,
    thisBrowser: 'Another tab of yours',
    wordsCompared: 'You compared words',
  },

  /** What is opened on the page, and loaded only then. */
  opened: {
    close: 'Close',
    loading: 'One moment…',
    notLoaded: 'This part of the page could not be loaded. Check the connection, then reload the page.',
  },

  help: 'What you can rely on',
  kept: 'Kept on this device',
  freeSpace: 'Free some space',
  scan: 'Scan a code',
  byHand: 'Connect without a server',
  checkConnection,

  files: {
    heading: 'Files',
    emptyHeading: 'Share something',
    emptyDrop: 'Drop files or folders anywhere on this page, or paste them.',
    emptyTouch: 'Whatever you choose, everyone in the room can take.',
    chooseFiles: 'Choose files',
    chooseFolder: 'Choose folder',
    /** Always of two or more. */
    downloadAll: (shares: number, sizeBytes: number) =>
      plural(shares, { other: `Download all # (${size(sizeBytes)})` }),
    dropNow: 'Let go to share with the room',
    reading: (files: number) =>
      plural(files, {
        one: 'Reading the folder… 1 file so far',
        other: 'Reading the folder… # files so far',
      }),
    memoryOnly: (limitBytes: number) =>
      `Files are kept in memory in this browser: ${size(limitBytes)} in all. Save what you want to keep before you close the tab.`,
  },

  share: {
    fromYou: 'from you',
    from: (names: readonly string[]) =>
      names.length === 0 ? 'from someone who left' : `from ${nameList(names)}`,
    through: (names: readonly string[]) => `through ${nameList(names)}`,
    fileCount: (files: number) => plural(files, { one: '1 file', other: '# files' }),
    preparing: (fraction: number) => `Getting ready: ${percent(fraction)}. Others can take it already.`,
    paused: 'paused',
    rechecked: 'checking what is here already',
    asking: 'waiting for the first pieces',
    waiting: 'waiting',
    receiving: (bytesPerSecond: number, sources: number) =>
      sources > 1 ? `${speed(bytesPerSecond)} from ${people(sources)}` : speed(bytesPerSecond),
    giving: (bytesPerSecond: number) => `giving ${speed(bytesPerSecond)}`,
    stopped: 'stopped',
    complete: 'All here, every piece checked',
    handedOver: 'handed to your downloads',
    whereItGoes: 'goes to your downloads when complete',
    saving: (fraction: number) => `Saving: ${percent(fraction)}`,
    copies: ({ copies, otherCopies }: Pick<ShareView, 'copies' | 'otherCopies'>) => {
      const weHaveIt = copies > otherCopies
      if (!weHaveIt && otherCopies === 0) return 'Nobody here has it all yet'
      if (!weHaveIt) return plural(otherCopies, { one: '1 person has it all', other: '# people have it all' })
      if (otherCopies === 0) return 'Only you have this so far'
      return `You and ${plural(otherCopies, { one: '1 other have it all', other: '# others have it all' })}`
    },
    mayLeave: (otherCopies: number) =>
      otherCopies === 0
        ? 'You can close this tab: between them, the others have it all.'
        : `You can close this tab: ${plural(otherCopies, { one: '1 other has it all', other: '# others have it all' })}.`,
    keepOpen: (roomFraction: number) =>
      roomFraction > 0
        ? `Keep this tab open: the others have ${percent(roomFraction)} so far.`
        : 'Keep this tab open until somebody has taken it.',
    actions: {
      download: 'Download',
      pause: 'Pause',
      resume: 'Resume',
      tryAgain: 'Try again',
      shareAgain: 'Share again',
      cancel: 'Cancel the download',
      save: 'Save',
      saveAgain: 'Save again',
      saveAs: 'Save as…',
      remove: 'Remove from this list',
      removeOwn: 'Stop sharing this',
    },
    /** The name of a button for those who hear it: which share it belongs to. */
    actionOn: (action: string, name: string) => `${action}: ${named(name)}`,
    showDetails: 'Details',
    progress: (name: string) => `Progress of ${named(name)}`,
    strip: (here: number, coming: number, missing: number) =>
      [
        `${percent(here)} is here`,
        coming > 0 ? `${percent(coming)} is on its way` : '',
        missing > 0 ? `${percent(missing)} is with nobody in the room` : '',
      ]
        .filter((part) => part !== '')
        .join(', '),
    legend: {
      here: 'here',
      partly: 'partly here',
      coming: 'on its way',
      common: 'others have it',
      rare: 'few have it',
      nowhere: 'nobody has it',
    },
    pieces: 'Pieces checked',
    piecesChecked: (checked: number, all: number, pieceSizeBytes: number) =>
      `${count(checked)} of ${count(all)}, ${size(pieceSizeBytes)} each`,
    received: 'Received',
    receivedOf: (haveBytes: number, sizeBytes: number) => `${size(haveBytes)} of ${size(sizeBytes)}`,
    originTerm: 'Shared by',
    origin,
    copiesTerm: 'Copies',
    holders: 'Who has it',
    noHolders: 'Nobody else has any of it yet.',
    holderHas: (fraction: number) => (fraction >= 1 ? 'has it all' : `has ${percent(fraction)}`),
    passesOn: (names: readonly string[]) => `passes it on from ${nameList(names)}`,
    passedOn: 'you pass it on to them, and keep nothing of it',
    holderGives: (bytesPerSecond: number) => `gives you ${speed(bytesPerSecond)}`,
    holderTakes: (bytesPerSecond: number) => `takes ${speed(bytesPerSecond)}`,
  },

  notices: {
    dismiss: 'Dismiss',
    copyDetails: 'Copy details',
    detailsByHand: 'The browser did not allow copying. Copy this text by hand:',
  },

  footer: 'Files go straight from browser to browser, sealed on the way. Every piece is checked.',

  broken: {
    heading: 'Something broke on this page',
    text: 'It is a mistake of ours, not yours, and your own files are untouched. The link in the address bar brings you back into the same room.',
    again: 'Show the page again',
    reload: 'Reload',
  },
}
