import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { KeptConfig } from './keptConfig.ts'
import { MemoryCaches } from './testing/memoryCaches.ts'

const scope = 'https://some.example/drop/'
const address = `${scope}config.json`
const noNetwork = () => Promise.reject(new TypeError('Failed to fetch'))
const never = () => new Promise<never>(() => undefined)

type Answers = () => Promise<Response> | Response

/** A page's config.json of which the host said something once, and now answers so. */
async function keptThen(before: Answers, now: Answers, wait: (spanMs: number) => Promise<void> = never) {
  let answers = before
  let waits: typeof wait = never
  const config = new KeptConfig({
    caches: new MemoryCaches(),
    fetch: async () => answers(),
    scope,
    wait: (...span) => waits(...span),
  })
  await config.keep()
  answers = now
  waits = wait
  const answer = config.answer(new Request(address))
  if (answer === null) throw new Error('it is ours to answer')
  return answer
}

const said = (text: string, init?: ResponseInit): Answers => {
  return () => new Response(text, init)
}
const old = said('{"signaling":[]}')

describe('config.json', () => {
  it('is what the host says now', async () => {
    const answer = await keptThen(old, said('{"uploadLimitKBps":5}'))
    expect(await answer.text()).toBe('{"uploadLimitKBps":5}')
  })

  it.each<[string, Answers]>([
    ['there is no network', noNetwork],
    ['the server fails', said('', { status: 503 })],
    ['the network leads nowhere', never],
  ])('is what it said last where %s', async (_why, now) => {
    const waited: number[] = []
    const wait = async (spanMs: number) => void waited.push(spanMs)
    const answer = await keptThen(old, now, wait)
    expect(await answer.text()).toBe('{"signaling":[]}')
    expect(waited).toEqual([limits.configHostWaitMs])
  })

  it('that is missing stays missing without a network', async () => {
    expect((await keptThen(said('', { status: 404 }), noNetwork)).status).toBe(404)
  })

  it('that goes missing is missing', async () => {
    expect((await keptThen(old, said('', { status: 404 }))).status).toBe(404)
  })

  it.each<[string, Answers, string]>([
    ['makes no sense', said('{'), '{'],
    ['is forbidden', said('no', { status: 403 }), 'no'],
    ['is a page', said('<p>', { headers: { 'content-type': 'text/html; charset=utf-8' } }), '<p>'],
  ])('that %s is passed on: its host may mean to change it', async (_what, now, text) => {
    expect(await (await keptThen(old, now)).text()).toBe(text)
  })

  it.each<[string, Answers]>([
    ['made no sense', said('{')],
    ['was no object', said('[]')],
    ['was too long', said(`{}${' '.repeat(limits.configLengthMax)}`)],
    ['was a page', said('{}', { headers: { 'content-type': 'text/html' } })],
    ['could not be had', noNetwork],
    ['was failing', said('{}', { status: 500 })],
  ])('that %s is not kept: without a network it cannot be had', async (_what, before) => {
    await expect(keptThen(before, noNetwork)).rejects.toThrow('Failed to fetch')
  })

  it('that is missing while a newer worker is installed is still kept: its host may be in the midst of a change', async () => {
    let answers: Answers = old
    const config = new KeptConfig({
      caches: new MemoryCaches(),
      fetch: async () => answers(),
      scope,
      wait: never,
    })
    await config.keep()
    answers = said('', { status: 404 })
    await config.keep()
    answers = noNetwork
    expect(await (await config.answer(new Request(address)))?.text()).toBe('{"signaling":[]}')
  })

  it('is not waited for by a worker that is installed: its host may not answer', async () => {
    const waited: number[] = []
    const wait = async (spanMs: number) => void waited.push(spanMs)
    await new KeptConfig({ caches: new MemoryCaches(), fetch: never, scope, wait }).keep()
    expect(waited).toEqual([limits.configHostWaitMs])
  })

  it('that cannot be had at once leaves no failure that nobody hears of', async () => {
    const unheard: unknown[] = []
    const hear = (reason: unknown): void => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    const caches = new MemoryCaches()
    const { match } = MemoryCaches.prototype
    caches.match = async (...wanted) => {
      await new Promise((resolve) => setTimeout(resolve, 0))
      return match.apply(caches, wanted)
    }
    const config = new KeptConfig({ caches, fetch: noNetwork, scope, wait: never })
    await expect(config.answer(new Request(address))).rejects.toThrow('Failed to fetch')
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })

  it('alone is answered', () => {
    const config = new KeptConfig({ caches: new MemoryCaches(), fetch: noNetwork, scope, wait: never })
    expect(config.answer(new Request(`${scope}other.json`))).toBeNull()
    expect(config.answer(new Request('https://some.example/config.json'))).toBeNull()
    expect(config.answer(new Request(address, { method: 'POST' }))).toBeNull()
  })
})
