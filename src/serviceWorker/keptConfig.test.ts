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
async function keptThen(before: Answers, now: Answers, wait: () => Promise<void> = never) {
  let answers = before
  const config = new KeptConfig({ caches: new MemoryCaches(), fetch: async () => answers(), scope, wait })
  await config.keep()
  answers = now
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
    const wait = async (...[spanMs]: readonly number[]) => void waited.push(spanMs ?? 0)
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

  it('alone is answered', () => {
    const config = new KeptConfig({ caches: new MemoryCaches(), fetch: noNetwork, scope, wait: never })
    expect(config.answer(new Request(`${scope}other.json`))).toBeNull()
    expect(config.answer(new Request('https://some.example/config.json'))).toBeNull()
    expect(config.answer(new Request(address, { method: 'POST' }))).toBeNull()
  })
})
