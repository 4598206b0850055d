import type { BrokerView, NoticeMessage } from '../../app/view.ts'
import { limits } from '../../shared/limits.ts'
import { whileAway } from './enAway.ts'
import { minutes, size, who } from './enCounts.ts'
import { whomYouMet } from './enPeople.ts'
import { nameInSentence as named } from './names.ts'

/** What opens the check of the connection, at the foot of the page. */
export const checkConnection = 'Check this connection'

function noWayThrough(hasRelay: boolean): string {
  const why = hasRelay
    ? 'the networks between you let no connection through, and the relay server found no way around'
    : 'the networks between you let no direct connection through, and this page has no relay server to go around'
  const what = hasRelay ? '' : ', or if whoever runs this page adds a relay server'
  return `Somebody in this room cannot be reached: ${why}. What you have is safe, and it is tried again by itself. What they share may still come through somebody here whom both of you reach. It helps if one of you changes to another network (a phone’s hotspot, say) or turns off a VPN${what}. “${checkConnection}” at the foot of the page tells more.`
}

const wrong: Record<NonNullable<BrokerView['trouble']>, string> = {
  unreachable: 'cannot be reached, or turns us away',
  full: 'is full',
  refusing: 'does not accept this page',
  silent: 'takes us in and passes nothing on',
}

const whatIsWrong = ({ name, trouble }: Pick<BrokerView, 'name' | 'trouble'>): string =>
  `${named(name)} ${wrong[trouble ?? 'unreachable']}`

/** What there is to tell, in whole sentences. */
export function notice(message: NoticeMessage): string {
  switch (message.code) {
    case 'brokersOffline':
      return `None of the ${message.brokers.length} introduction services takes us in, so nobody new can join just now: ${message.brokers.map(whatIsWrong).join('; ')}. Everyone already here stays connected. It is tried again by itself.`
    case 'brokerUnreachable':
      return 'The introduction service cannot be reached, or turns us away, so nobody new can join just now. Everyone already here stays connected. It is tried again by itself.'
    case 'brokerFull':
      return 'The introduction service is full, so nobody new can join just now. Everyone already here stays connected. It is tried again by itself.'
    case 'brokerRefusing':
      return 'The introduction service does not accept this page, so nobody new can join. Everyone already here stays connected. It is tried again by itself; if it stays so, tell whoever runs the page.'
    case 'brokerSilent':
      return 'The introduction service takes us in and passes nothing on, so nobody new can join just now. Everyone already here stays connected. It is tried again by itself.'
    case 'localNetworkAsked':
      return 'Your browser asks whether this page may connect to devices on your local network. Allow it: the service that introduces people to each other is there, and so are the people you send files to.'
    case 'localNetworkDenied':
      return message.isBroker
        ? 'Your browser does not let this page connect to devices on your local network, where the service is that introduces people to each other, so nobody can join. Allow it in the settings that open beside the address of the page, then reload it.'
        : 'Your browser does not let this page connect to devices on your local network, so people on the same network may not be reached, or only in a roundabout way. Allow it in the settings that open beside the address of the page, then reload it.'
    case 'noWayThrough':
      return noWayThrough(message.hasRelay)
    case 'hiddenWithoutRelay':
      return message.isChosen
        ? `You hide your address, but this page has no relay server to hide it behind, so nobody can connect with you. Nothing was given away. Stop hiding it under “${checkConnection}” at the foot of the page, or ask whoever runs the page for a relay server.`
        : 'This page hides the addresses of all who use it, but it has no relay server to hide them behind, so nobody can connect. Nothing was given away. Tell whoever runs the page.'
    case 'relaysNotAsked':
      return `This page could not get its relay servers (${named(message.detail)}). People who can be reached without them are connected as ever. It is tried again by itself.`
    case 'badRoomLink':
      return 'That room link is damaged or incomplete, so you are in a new room. Ask for the link once more, or share the one of this room.'
    case 'noWebRtc':
      return 'This browser cannot connect to others (WebRTC is missing or switched off). Open this link in a current Chrome, Edge, Firefox or Safari.'
    case 'insecureOrigin':
      return `This page was not opened over https, so files are kept in memory: ${size(message.limitBytes)} at most. Open its https address for larger files.`
    case 'noDiskStore':
      return `This browser gives the page no disk space (a private window, perhaps), so files are kept in memory: ${size(message.limitBytes)} at most. For larger files open the link in an ordinary window.`
    case 'badConfig':
      return `Part of this page’s settings (config.json) makes no sense and was left out: ${named(message.detail)}. Everything else works; tell whoever runs the page.`
    case 'configUnreadable':
      return `This page’s settings (config.json) could not be read, so it contacts nobody and nobody can join: ${named(message.detail)}. Reload the page; if that does not help, tell whoever runs it.`
    case 'bug':
      return 'Something went wrong inside Swarmdrop: our mistake, not yours. What has arrived is safe and the rest goes on. If something stands still, reload the page; to report it, copy the details.'
    case 'startFailed':
      return 'This page could not be started, so it is in no room yet. Check the connection and reload it; if that does not help, the details say why.'
    case 'memberBanned':
      return `${who(message.name, 'Somebody')} sent damaged data and is kept out for ${minutes(limits.banMs)}. None of it was kept: what you have is safe, and the rest comes from others who have it.`
    case 'theirSharesIgnored':
      return `${who(message.name, 'Somebody')} offers more than this page can keep track of, so not all of it is listed. What is listed works as ever; ask for the rest to be shared as one folder.`
    case 'ourSharesIgnored':
      return `You offer more than ${who(message.name, 'somebody here')} can keep track of, so not all of it is listed there. Stop sharing something, or share many files as one folder.`
    case 'memberJoined':
      return `${named(message.name)} is here.`
    case 'memberBack':
      return `${whomYouMet(message.name, message.met)} is here.`
    case 'memberLeft':
      return `${named(message.name)} left.`
    case 'memberLost':
      return `Lost touch with ${named(message.name)}. Trying to reconnect.`
    case 'shareComplete':
      return `${named(message.name)} is here, every piece checked. Look in your downloads; if it is not there, press Save.`
    case 'whileAway':
      return whileAway(message.missed)
    case 'sourceChanged':
      return `${named(message.name)} was changed, moved or deleted on this device, so it cannot be given on any more. What others already have is safe. Drop it here again to share it as it is now.`
    case 'unreadable':
      return `${named(message.name)} could not be read and was left out. Check that it still exists and that you may open it, then drop it again.`
    case 'tooMuch':
      return `${named(message.name)} is more than one share can hold, so nothing of it is shared. Share it in parts.`
    case 'nothingToShare':
      return 'There was no file in what you dropped. Files and folders can be shared.'
    case 'emptyFolder':
      return `There are no files in ${named(message.name)}, so there is nothing to share.`
    case 'filesNotFound':
      return `${named(message.name)} is not where it was on this device. Drop it here again to go on sharing it.`
    case 'alreadyShared':
      return `${named(message.name)} is already in this room.`
    case 'saveFailed':
      return `${named(message.name)} could not be saved (${named(message.detail)}). It is still safe here; try again.`
    case 'copyFailed':
      return 'The browser did not allow copying. The link is selected: copy it with your keyboard or by a long press.'
  }
}
