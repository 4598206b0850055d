import { assert } from '../../shared/result.ts'
import type { LinkCase } from './linkContract.ts'
import { closeBoth, makePair, openPair, patterned, type Pair } from './linkEnds.ts'

/** What the ends say of restarts, by their types, in order. */
function watchRestarts({ alice, bob }: Pair): string[] {
  const said: string[] = []
  for (const end of [alice, bob]) {
    const pass = end.onSignal
    end.onSignal = (signal) => {
      const { type } = JSON.parse(signal)
      if (String(type).startsWith('restart')) said.push(type)
      pass(signal)
    }
  }
  return said
}

async function talk({ alice, bob }: Pair, seed: number): Promise<void> {
  alice.link.send(patterned(30_000, seed))
  bob.link.send(patterned(20_000, seed))
  const [there, here] = await Promise.all([bob.next('message'), alice.next('message')])
  assert(there.bytes.length === 30_000 && here.bytes.length === 20_000, 'both are heard')
}

const nothingClosed = ({ alice, bob }: Pair): boolean =>
  [alice, bob].every(({ events }) => events.every(({ type }) => type !== 'closed'))

/** What every link must do when another path is to be found for it. */
export const restartContract: readonly LinkCase[] = [
  {
    name: '[L14] whichever side restarts, the one that offered the link offers again, and the link goes on',
    async run(open) {
      for (const who of ['alice', 'bob'] as const) {
        const pair = await openPair(open)
        const said = watchRestarts(pair)
        const answered = new Promise<void>((resolve) => {
          const pass = pair.bob.onSignal
          pair.bob.onSignal = (signal) => {
            pass(signal)
            if (JSON.parse(signal).type === 'restartAnswer') resolve()
          }
        })
        await talk(pair, 1)
        pair[who].link.restart()
        await talk(pair, 2)
        await answered
        await talk(pair, 3)
        const wanted = ['restartOffer', 'restartAnswer']
        assert(String(said) === String(who === 'alice' ? wanted : ['restartWanted', ...wanted]), String(said))
        assert(nothingClosed(pair), 'nothing closed')
        closeBoth(pair)
      }
    },
  },
  {
    name: '[L14] before it is open, and after it closed, a link restarts nothing',
    async run(open) {
      const pair = makePair(open)
      const said = watchRestarts(pair)
      pair.alice.link.restart()
      await Promise.all([pair.alice.next('opened'), pair.bob.next('opened')])
      await talk(pair, 1)
      pair.alice.link.close()
      await pair.bob.next('closed')
      for (const { link } of [pair.alice, pair.bob]) link.restart()
      assert(said.length === 0, String(said))
    },
  },
  {
    name: '[L14] a link whose restart comes three times restarts once',
    async run(open) {
      const pair = makePair(open, 3)
      await Promise.all([pair.alice.next('opened'), pair.bob.next('opened')])
      const said = watchRestarts(pair)
      const answered = new Promise<void>((resolve) => {
        const pass = pair.bob.onSignal
        pair.bob.onSignal = (signal) => {
          pass(signal)
          if (JSON.parse(signal).type === 'restartAnswer') resolve()
        }
      })
      pair.alice.link.restart()
      await answered
      await talk(pair, 1)
      assert(String(said) === 'restartOffer,restartAnswer', String(said))
      assert(nothingClosed(pair), 'nothing closed')
      closeBoth(pair)
    },
  },
]
