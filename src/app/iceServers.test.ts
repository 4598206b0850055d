import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { IceServers, type IceServersParts } from './iceServers.ts'
import { NoticeBoard } from './noticeBoard.ts'
import type { NoticeMessage } from './view.ts'

const fixed = { urls: ['stun:stun.example'] }
const lifeMs = 600_000
const lend = (name: string) => ({ urls: [`turn:${name}.example`], username: 'u', credential: 'c' })
const answer = (name: string) => ok(JSON.stringify({ iceServers: [lend(name)], ttl: lifeMs / 1000 }))

type Answer = Result<string | null, string>

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

/** A service that answers with what is next on its list, or never. */
function setUp(answers: readonly (Answer | 'never')[], more: Partial<IceServersParts['config']> = {}) {
  const clock = new MemoryClock()
  let notices: readonly NoticeMessage['code'][] = []
  const bugs: unknown[] = []
  const left = [...answers]
  const asked: number[] = []
  let sleptMs = 0
  const ice = new IceServers({
    config: { iceServers: [fixed], iceServersUrl: 'turn', relayOnly: false, ...more },
    fetchText: () => {
      asked.push(clock.now())
      const next = left.shift() ?? fail('its host could not be reached')
      return next === 'never' ? new Promise<never>(() => {}) : Promise.resolve(next)
    },
    isHidden: false,
    clock,
    wallMs: () => clock.now() + sleptMs,
    notices: new NoticeBoard((all) => (notices = all.map(({ message }) => message.code))),
    log: () => {},
    bugFound: (error) => bugs.push(error),
  })
  return {
    ice,
    asked,
    bugs,
    notices: () => notices,
    urls: () => ice.settings().servers.flatMap(({ urls }) => urls),
    sleep: (spanMs: number) => (sleptMs += spanMs),
    async pass(spanMs: number) {
      const end = clock.now() + spanMs
      await settle()
      for (let at = clock.nextAt(); at !== null && at <= end; at = clock.nextAt()) {
        clock.advanceTo(at)
        await settle()
      }
      clock.advanceTo(end)
      await settle()
    },
  }
}

describe('lent ICE servers', () => {
  it('come before those of the configuration', async () => {
    const { ice, urls, notices } = setUp([answer('one')])
    expect(urls()).toEqual(['stun:stun.example'])
    await ice.begin()
    expect(urls()).toEqual(['turn:one.example', 'stun:stun.example'])
    expect(notices()).toEqual([])
  })

  it('are not asked for where no service is named', async () => {
    const { ice, asked, pass } = setUp([answer('one')], { iceServersUrl: null })
    await ice.begin()
    await pass(lifeMs)
    expect(asked).toEqual([])
  })

  it('are waited for no longer than is good, and used when they come', async () => {
    const { ice, pass } = setUp(['never'])
    let isBegun = false
    void ice.begin().then(() => (isBegun = true))
    await pass(limits.iceFirstWaitMs - 1)
    expect(isBegun).toBe(false)
    await pass(1)
    expect(isBegun).toBe(true)
  })

  it('are renewed before they end', async () => {
    const { ice, urls, asked, pass } = setUp([answer('one'), answer('two')])
    await ice.begin()
    await pass(lifeMs * limits.iceRenewPart)
    expect(asked).toEqual([0, lifeMs * limits.iceRenewPart])
    expect(urls()).toEqual(['turn:two.example', 'stun:stun.example'])
  })

  it('hold to their end where they cannot be renewed, and not beyond; it is said once and tried again', async () => {
    const failure = fail('its host answered 500')
    const { ice, urls, asked, notices, pass } = setUp([answer('one'), ...Array<Answer>(6).fill(failure)])
    await ice.begin()
    await pass(lifeMs * limits.iceRenewPart)
    expect(notices()).toEqual(['relaysNotAsked'])
    expect(urls()).toContain('turn:one.example')
    await pass(lifeMs * (1 - limits.iceRenewPart))
    expect(urls()).toEqual(['stun:stun.example'])
    expect(notices()).toEqual(['relaysNotAsked'])
    expect(asked.length).toBeGreaterThan(4)
  })

  it('take the warning back once they are there', async () => {
    const { ice, urls, notices, pass } = setUp([fail('its host did not answer'), answer('one')])
    await ice.begin()
    expect(notices()).toEqual(['relaysNotAsked'])
    expect(urls()).toEqual(['stun:stun.example'])
    await pass(limits.iceRetryMinMs)
    expect(notices()).toEqual([])
    expect(urls()).toContain('turn:one.example')
  })

  it('that ended while the device slept are not used, and asked for when it wakes', async () => {
    const { ice, urls, sleep, pass } = setUp([answer('one'), answer('two')])
    await ice.begin()
    sleep(lifeMs)
    expect(urls()).toEqual(['stun:stun.example'])
    ice.resumed()
    await pass(0)
    expect(urls()).toContain('turn:two.example')
  })

  it('that still hold are not asked for by each waking', async () => {
    const { ice, asked } = setUp([answer('one'), answer('two')])
    await ice.begin()
    ice.resumed()
    expect(asked).toHaveLength(1)
  })

  it('that could not be had are asked for when it wakes, but no more often than after a failure', async () => {
    const { ice, asked, sleep, pass } = setUp([])
    await ice.begin()
    for (let time = 0; time < 5; time++) {
      ice.resumed()
      await pass(0)
    }
    expect(asked).toHaveLength(1)
    sleep(limits.iceRetryMinMs)
    ice.resumed()
    expect(asked).toHaveLength(2)
  })

  it('are no more than a browser takes', async () => {
    const urls = Array.from({ length: 40 }, (_, at) => `turn:t${at}.example`)
    const many = ok(JSON.stringify([{ urls, username: 'u', credential: 'c' }]))
    const { ice, urls: used } = setUp([many])
    await ice.begin()
    expect(used()).toEqual(urls.slice(0, limits.iceUrlsMax))
  })
})

describe('[L13] hiding the address', () => {
  it('holds for connections made from then on', async () => {
    const { ice } = setUp([], { iceServersUrl: null })
    await ice.begin()
    expect(ice.settings().relayOnly).toBe(false)
    ice.hide(true)
    expect(ice.settings().relayOnly).toBe(true)
    expect(ice.hiding).toBe('chosen')
  })

  it('cannot be ended where the page says so', async () => {
    const { ice } = setUp([], { relayOnly: true })
    ice.hide(false)
    expect(ice.settings().relayOnly).toBe(true)
    expect(ice.hiding).toBe('always')
  })

  it('without a relay server is said in words, until there is one or it ends', async () => {
    const { ice, notices, pass } = setUp([fail('its host did not answer'), answer('one')])
    ice.hide(true)
    expect(notices()).toEqual(['hiddenWithoutRelay'])
    ice.hide(false)
    expect(notices()).toEqual([])
    ice.hide(true)
    await ice.begin()
    expect(notices()).toEqual(['hiddenWithoutRelay', 'relaysNotAsked'])
    await pass(limits.iceRetryMinMs)
    expect(notices()).toEqual([])
  })
})
