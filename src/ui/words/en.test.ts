import { describe, expect, it } from 'vitest'
import { verdictOn, type Finding } from '../../app/check/findings.ts'
import type { NoticeMessage, ShareTrouble } from '../../app/view.ts'
import { en } from './en.ts'
import { enLater } from './enLater.ts'
import { formatsFor } from './format.ts'
import { pluralFor } from './plural.ts'

/** Without the marks that isolate names and hold numbers to their units. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll(/[\u2068\u2069]/g, '')

describe('plural forms', () => {
  it.each([
    [1, '1 person'],
    [2, '2 people'],
    [1200, '1,200 people'],
  ])('count %d as %s', (count, said) => {
    expect(en.members.count(count)).toBe(said)
  })

  it('follow the rules of the language', () => {
    const forms = { one: '# plik', few: '# pliki', many: '# plików', other: '# pliku' }
    const plural = pluralFor('pl', formatsFor('pl').count)
    expect([1, 2, 5, 22, 25].map((count) => plural(count, forms))).toEqual([
      '1 plik',
      '2 pliki',
      '5 plików',
      '22 pliki',
      '25 plików',
    ])
  })

  it('fall back to the general form', () => {
    expect(pluralFor('ar', String)(3, { other: '# files' })).toBe('3 files')
  })
})

describe('time left', () => {
  it.each([
    [3_000, 'a few seconds left'],
    [31_000, 'about 30 seconds left'],
    [62_000, 'about a minute left'],
    [170_000, 'about 3 minutes left'],
    [3_600_000, 'about an hour left'],
    [7_300_000, 'about 2 hours left'],
    [90_000_000, 'about a day left'],
  ])('of %d ms is %s', (leftMs, said) => {
    expect(en.timeLeft(leftMs)).toBe(said)
  })
})

describe('who has it', () => {
  it.each([
    [0, 0, 'Nobody here has it all yet'],
    [1, 1, '1 person has it all'],
    [3, 3, '3 people have it all'],
    [1, 0, 'Only you have this so far'],
    [2, 1, 'You and 1 other have it all'],
    [4, 3, 'You and 3 others have it all'],
  ])('with %d copies, %d of them elsewhere: %s', (copies, otherCopies, said) => {
    expect(en.share.copies({ copies, otherCopies })).toBe(said)
  })

  it.each([
    [[], 'from someone who left'],
    [['bob'], 'from bob'],
    [['bob', 'carol'], 'from bob and carol'],
    [['bob', 'carol', 'alice'], 'from bob and 2 others'],
    [[''], 'from someone'],
  ])('names %j', (names, said) => {
    expect(plain(en.share.from(names))).toBe(said)
  })

  it('says who passes it on, of whom, and that we do', () => {
    expect(plain(en.share.through(['carol', 'dave']))).toBe('through carol and dave')
    expect(plain(en.share.passesOn(['alice']))).toBe('passes it on from alice')
    expect(plain(en.share.passesOn(['']))).toBe('passes it on from someone')
    expect(en.share.passedOn).toContain('keep nothing of it')
  })

  it('tells the one who shares whether the room can do without them', () => {
    expect(plain(en.share.mayLeave(2))).toBe('You can close this tab: 2 others have it all.')
    expect(plain(en.share.mayLeave(1))).toBe('You can close this tab: 1 other has it all.')
    expect(plain(en.share.mayLeave(0))).toBe('You can close this tab: between them, the others have it all.')
    expect(plain(en.share.keepOpen(0.639))).toBe('Keep this tab open: the others have 63 % so far.')
    expect(plain(en.share.keepOpen(0))).toBe('Keep this tab open until somebody has taken it.')
  })
})

describe('troubles', () => {
  it('say what happened, what is safe and what comes next', () => {
    expect(plain(en.trouble({ code: 'waitingForRest', leftBy: 'Amber' }, 0.63))).toBe(
      'Amber left before sending everything. 63 % is safe here; it goes on by itself when anyone who has the rest comes back.',
    )
    expect(plain(en.trouble({ code: 'waitingForRest', leftBy: null }, 0))).toBe(
      'Nobody in the room has the rest right now. Nothing has arrived yet; it goes on by itself when anyone who has the rest comes back.',
    )
  })

  const troubles: readonly ShareTrouble[] = [
    { code: 'restOutOfReach' },
    { code: 'storageFull', neededBytes: 4_200_000_000 },
    { code: 'tooLargeForMemory', limitBytes: 400_000_000 },
    { code: 'sourceChanged' },
    { code: 'storageBroken', detail: 'NotReadableError' },
    { code: 'contradicted' },
  ]
  it.each(troubles)('are whole sentences: $code', (trouble) => {
    expect(en.trouble(trouble, 0.5)).toMatch(/^[A-Z].*\.$/s)
  })
})

const noWayThrough = (hasRelay: boolean): string => plain(en.notice({ code: 'noWayThrough', hasRelay }))

/** Announced when Amber comes back, who was met at noon of the first day. */
const saidOfReturn = (nameThen: string): string =>
  plain(en.notice({ code: 'memberBack', name: 'Amber', met: { name: nameThen, metMs: 43_200_000 } }))

describe('people', () => {
  /** A Thursday from Honolulu to Sydney. */
  const nowMs = Date.parse('2026-11-26T12:00:00Z')
  const tuesday = nowMs - 2 * 24 * 3_600_000

  it.each([
    ['Amber', nowMs - 60_000, 'Amber', 'You met earlier today'],
    ['Amber', nowMs - 24 * 3_600_000, 'Amber', 'You met yesterday'],
    ['Amber', tuesday, '\u202eAmber', 'You met on Tuesday'],
    ['Amber', tuesday, '', 'You met on Tuesday'],
    ['Amber', tuesday, 'Teal Otter', 'Was Teal Otter when you met on Tuesday'],
    ['Amber', nowMs - 268 * 24 * 3_600_000, 'Amber', 'You met on 3 March'],
  ])('%s, met at %d as %s: %s', (name, metMs, nameThen, said) => {
    expect(plain(en.members.met(name, { name: nameThen, metMs }, nowMs))).toBe(said)
  })

  it('who comes back is announced by when you met, and under what name', () => {
    expect(saidOfReturn('Amber')).toBe('Amber, whom you met on 1 January 1970, is here.')
    expect(saidOfReturn('Teal Otter')).toBe(
      'Amber, who was Teal Otter when you met on 1 January 1970, is here.',
    )
  })

  it('who are called alike are told apart, and none is accused', () => {
    const name = 'Amber Heron'
    expect(plain(en.members.likeness({ kind: 'contact', name, metMs: tuesday }, nowMs))).toBe(
      'Not the Amber Heron you met on Tuesday',
    )
    expect(plain(en.members.likeness({ kind: 'member', name }, nowMs))).toBe(
      'Another here is called Amber Heron too',
    )
    expect(en.members.likeness({ kind: 'you' }, nowMs)).toBe('Has the same name as you')
  })

  it('keep a hostile name from turning the sentence round', () => {
    const hostile = '\u202ebob'
    expect(en.members.likeness({ kind: 'member', name: hostile }, nowMs)).toContain('\u2068bob\u2069')
    expect(en.members.met('x', { name: hostile, metMs: tuesday }, nowMs)).toContain('\u2068bob\u2069')
  })
})

describe('the help', () => {
  it.each([...enLater.help.promises, ...enLater.help.limits, enLater.help.how])(
    'is whole sentences: %s',
    (text) => {
      expect(text).toMatch(/^[A-Z].*\.$/s)
    },
  )

  it('speaks of nothing that only its makers know', () => {
    expect(JSON.stringify(enLater)).not.toMatch(/fingerprint|public key|certificate|WebRTC|STUN|broker|hash/i)
  })

  it('counts who is remembered', () => {
    expect(enLater.help.count(1)).toBe('1 device is remembered.')
    expect(enLater.help.count(12)).toBe('12 devices are remembered.')
  })
})

describe('the check of the connection', () => {
  const findings: readonly Finding[] = [
    ...[true, false].map((isSecure) => ({ check: 'secure' as const, isSecure })),
    ...[5e9, null].flatMap((freeBytes) =>
      (['disk', 'memory'] as const).map((kind) => ({ check: 'storage' as const, kind, freeBytes })),
    ),
    ...(['works', 'fails', 'missing'] as const).map((outcome) => ({ check: 'tabs' as const, outcome })),
    ...(['reached', 'unreachable', 'none'] as const).map((outcome) => ({
      check: 'broker' as const,
      outcome,
    })),
    ...(['answers', 'silent', 'untold', 'none'] as const).map((outcome) => ({
      check: 'stun' as const,
      outcome,
    })),
    ...(['passes', 'blocked', 'untold'] as const).map((outcome) => ({ check: 'udp' as const, outcome })),
    ...(['works', 'carriesNothing', 'refused', 'silent', 'none'] as const).map((outcome) => ({
      check: 'turn' as const,
      outcome,
    })),
  ]

  it.each(findings)('says in whole sentences %j', (finding) => {
    expect(enLater.check.found(finding, false)).toMatch(/^[A-Z].*\.$/s)
    expect(enLater.check.found(finding, true)).toMatch(/^[A-Z].*\.$/s)
  })

  it.each(findings.filter((finding) => verdictOn(finding) === 'bad'))(
    'says what helps with %j',
    (finding) => {
      expect(enLater.check.found(finding, false)).toMatch(
        /Check that|Turn off|Open the link|Tell|Reload|try another/i,
      )
    },
  )

  it('names what there is several of', () => {
    expect(enLater.check.title('broker', null)).toBe('Introduction service')
    expect(plain(enLater.check.title('broker', 'b.example'))).toBe('Introduction service: b.example')
  })

  it('says of several brokers what is wrong with which', () => {
    const brokers = [
      { name: 'a.example', trouble: 'full' },
      { name: 'b.example', trouble: 'silent' },
      { name: 'c.example', trouble: null },
    ] as const
    const said = plain(en.notice({ code: 'brokersOffline', brokers }))
    expect(said).toContain('None of the 3 introduction services takes us in')
    expect(said).toContain(
      'a.example is full; b.example takes us in and passes nothing on; c.example cannot be reached',
    )
  })
})
const nothingMissed = { awayMs: 720_000, came: [], left: [], finished: [], offered: [], underWay: null }
describe('a newer build', () => {
  const { ready, moving, onlyHere, beingTaken } = enLater.newVersion
  it.each([ready, moving, onlyHere, beingTaken])('is told of in whole sentences: %s', (text) => {
    expect(text).toMatch(/^[A-Z].*\.$/s)
    expect(text).not.toMatch(/build|worker|cache|install/i)
  })
})

describe('notices', () => {
  it('of what was missed say all of it in one, and no more than two names of a kind', () => {
    const missed = {
      awayMs: 7_300_000,
      came: ['Amber', 'Blue', 'Carol'],
      left: ['Dave'],
      finished: ['a.zip', 'b.zip'],
      offered: ['c.txt'],
      underWay: { name: 'd.mp4', fromFraction: 0.2, toFraction: 0.639 },
    }
    expect(plain(en.notice({ code: 'whileAway', missed }))).toBe(
      'While you were away, for 2 hours: Amber and 2 others came. Dave left. a.zip and b.zip are here, every piece checked. c.txt is new. d.mp4 got from 20 % to 63 %, and goes on.',
    )
    expect(plain(en.notice({ code: 'whileAway', missed: { ...nothingMissed, left: ['bob'] } }))).toBe(
      'While you were away, for 12 minutes: bob left.',
    )
  })

  it('[R19] of a member who is kept out say what happened, what is safe and what comes next', () => {
    expect(plain(en.notice({ code: 'memberBanned', name: 'Amber Heron' }))).toBe(
      'Amber Heron sent damaged data and is kept out for 60 minutes. None of it was kept: what you have is safe, and the rest comes from others who have it.',
    )
  })

  it('where no way leads through say what is safe, and what helps', () => {
    for (const hasRelay of [true, false]) {
      expect(noWayThrough(hasRelay)).toMatch(
        /What you have is safe, and it is tried again by itself.*hotspot.*VPN/,
      )
    }
    expect(noWayThrough(false)).toContain('or if whoever runs this page adds a relay server')
    expect(noWayThrough(true)).toContain('the relay server found no way around')
  })

  it.each(['memberBanned', 'theirSharesIgnored', 'ourSharesIgnored'] as const)(
    'name somebody whose name is empty, or made of nothing but controls: %s',
    (code) => {
      for (const name of ['', ' ', '\u202e']) expect(en.notice({ code, name })).toMatch(/[Ss]omebody/)
    },
  )

  it('of a finished share fit those who find it in their downloads and those who do not', () => {
    expect(plain(en.notice({ code: 'shareComplete', name: 'a.txt' }))).toBe(
      'a.txt is here, every piece checked. Look in your downloads; if it is not there, press Save.',
    )
  })

  const messages: readonly NoticeMessage[] = [
    { code: 'brokerUnreachable' },
    { code: 'noWayThrough', hasRelay: true },
    { code: 'noWayThrough', hasRelay: false },
    { code: 'hiddenWithoutRelay', isChosen: true },
    { code: 'hiddenWithoutRelay', isChosen: false },
    { code: 'relaysNotAsked', detail: 'its host did not answer' },
    { code: 'brokerFull' },
    { code: 'brokerRefusing' },
    { code: 'brokerSilent' },
    { code: 'configUnreadable', detail: 'offline' },
    { code: 'bug' },
    { code: 'startFailed' },
    { code: 'memberBanned', name: 'bob' },
    { code: 'theirSharesIgnored', name: 'bob' },
    { code: 'ourSharesIgnored', name: 'bob' },
    { code: 'badRoomLink' },
    { code: 'noWebRtc' },
    { code: 'insecureOrigin', limitBytes: 1 },
    { code: 'noDiskStore', limitBytes: 1 },
    { code: 'memberJoined', name: 'bob' },
    { code: 'memberBack', name: 'bob', met: { name: 'bob', metMs: 0 } },
    { code: 'memberLeft', name: 'bob' },
    { code: 'memberLost', name: 'bob' },
    { code: 'shareComplete', name: 'a.txt' },
    { code: 'whileAway', missed: { ...nothingMissed, came: ['bob'] } },
    { code: 'sourceChanged', name: 'a.txt' },
    { code: 'unreadable', name: 'a.txt' },
    { code: 'tooMuch', name: 'a.txt' },
    { code: 'emptyFolder', name: 'photos' },
    { code: 'nothingToShare' },
    { code: 'alreadyShared', name: 'a.txt' },
    { code: 'saveFailed', name: 'a.txt', detail: 'the disk is gone' },
    { code: 'copyFailed' },
  ]
  it.each(messages)('are whole sentences: $code', (message) => {
    expect(plain(en.notice(message))).toMatch(/^\S.*\.$/s)
  })

  it('keep a hostile name from turning the sentence round', () => {
    expect(en.notice({ code: 'memberJoined', name: '\u202ebob' })).toBe('\u2068bob\u2069 is here.')
  })
})
