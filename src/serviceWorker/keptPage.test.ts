import { describe, expect, it } from 'vitest'
import { KeptPage } from './keptPage.ts'
import { MemoryCaches } from './testing/memoryCaches.ts'

const scope = 'https://some.example/drop/'
const script = 'assets/main-1a2b3c4d.js'
const part = 'assets/part-5e6f7a8b.js'
const page = { id: 'first', files: { './': 'sha256-page', [script]: 'sha256-a', [part]: 'sha256-b' } }
const newerScript = 'assets/main-99999999.js'
const newer = { id: 'second', files: { './': 'sha256-newer', [newerScript]: 'sha256-c' } }

interface Asked {
  readonly address: string
  readonly integrity: string | undefined
}

/** A host that has some files: what it answers is the address asked for, and the build. */
function hostOf(build: string, lacks: readonly string[] = []) {
  const asked: Asked[] = []
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const address = input instanceof Request ? input.url : String(input)
    asked.push({ address, integrity: init.integrity })
    const status = lacks.some((path) => address.endsWith(path)) ? 500 : 200
    return new Response(`${build} ${address.slice(scope.length)}`, { status })
  }
  return { asked, fetch }
}

/** What a page gets; null where the network is left to answer. */
async function textOf(kept: KeptPage, path: string, init: RequestInit = {}): Promise<string | null> {
  const answer = kept.answer(new Request(scope + path, init))
  return answer === null ? null : (await answer).text()
}

async function keepBoth() {
  const caches = new MemoryCaches()
  const host = hostOf('first')
  const older = new KeptPage({ caches, fetch: host.fetch, scope, page })
  await older.keep()
  const kept = new KeptPage({ caches, fetch: hostOf('second').fetch, scope, page: newer })
  await kept.keep()
  return { caches, older, kept }
}

describe('a page that is kept', () => {
  it('is fetched file by file, each checked to be the one that was built, and served without the host', async () => {
    const { asked, fetch } = hostOf('first')
    const kept = new KeptPage({ caches: new MemoryCaches(), fetch, scope, page })
    await kept.keep()
    expect(asked).toEqual(
      Object.entries(page.files).map(([path, integrity]) => ({
        address: new URL(path, scope).href,
        integrity,
      })),
    )
    for (const path of ['', 'index.html', '?debug', 'index.html?debug#AAAAAAAAAAAAAAAAAAAAAA'])
      expect(await textOf(kept, path)).toBe('first ')
    expect(await textOf(kept, part)).toBe(`first ${part}`)
    expect(asked).toHaveLength(3)
  })

  it('is not kept where one file cannot be had; what came is not fetched again', async () => {
    const caches = new MemoryCaches()
    const broken = hostOf('first', [part])
    const keep = (fetch: typeof broken.fetch) => new KeptPage({ caches, fetch, scope, page }).keep()
    await expect(keep(broken.fetch)).rejects.toThrow('500')
    const whole = hostOf('first')
    await keep(whole.fetch)
    expect(whole.asked.map(({ address }) => address)).toEqual([scope + part])
  })

  it.each([
    ['another file', 'config.json'],
    ['a download', 'saving/0f0e0d0c-0b0a-4908-8706-050403020100'],
    ['the service worker', 'sw.js'],
    ['a name of the language', 'toString'],
    ['another folder', '../assets/main-1a2b3c4d.js'],
    ['a folder that begins as ours', '../drop-evil/'],
  ])('leaves %s to the network', async (_what, path) => {
    const { kept } = await keepBoth()
    expect(await textOf(kept, path)).toBeNull()
  })

  it('leaves what is sent, not asked for, to the network', async () => {
    const { kept } = await keepBoth()
    expect(await textOf(kept, '', { method: 'POST' })).toBeNull()
  })

  it('asks the host for what somebody has cleared', async () => {
    const { caches, kept } = await keepBoth()
    for (const name of await caches.keys()) await caches.delete(name)
    expect(await textOf(kept, newerScript)).toBe(`second ${newerScript}`)
  })
})

describe('two builds', () => {
  it('lie side by side: a page of the older has all its parts, whichever worker serves it', async () => {
    const { older, kept } = await keepBoth()
    expect(await textOf(kept, '')).toBe('second ')
    expect(await textOf(kept, part)).toBe(`first ${part}`)
    expect(await textOf(older, '')).toBe('first ')
  })

  it('become one when no page of the older is open', async () => {
    const { caches, kept } = await keepBoth()
    await caches.open('somebody else’s')
    await caches.open('swarmdrop-page https://some.example/drop/other/ first')
    await kept.sweep([scope + script, scope + newerScript])
    expect(await caches.keys()).toHaveLength(4)
    await kept.sweep([scope + newerScript])
    expect(await caches.keys()).toEqual([
      `swarmdrop-page ${scope} second`,
      'somebody else’s',
      'swarmdrop-page https://some.example/drop/other/ first',
    ])
    await kept.sweep([])
    expect(await textOf(kept, newerScript)).toBe(`second ${newerScript}`)
  })
})
