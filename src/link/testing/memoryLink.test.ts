import { describe, expect, test } from 'vitest'
import { byHandContract } from './byHandContract.ts'
import { lanesContract } from './lanesContract.ts'
import { linkContract } from './linkContract.ts'
import { openPair, patterned } from './linkEnds.ts'
import { restartContract } from './restartContract.ts'
import { MemoryLinks } from './memoryLink.ts'

describe('the link in memory', () => {
  for (const { name, run } of [...linkContract, ...lanesContract, ...restartContract, ...byHandContract])
    test(name, () => run(new MemoryLinks().open))

  test('carries nothing while it is held, and all of it, the goodbye too, once it is let go', async () => {
    const links = new MemoryLinks()
    const { alice, bob } = await openPair(links.open)
    links.hold(alice.link)
    for (let count = 0; count < 5; count++) alice.link.send(patterned(50_000))
    bob.link.send(patterned(1))
    await alice.next('message')
    expect(alice.link.waitingBytes).toBe(250_000)
    expect(bob.messages).toHaveLength(0)

    links.letGo(alice.link)
    await bob.next('message')
    links.hold(alice.link)
    alice.link.close()
    await alice.next('closed')
    links.letGo(alice.link)
    await bob.next('closed')
    expect(bob.messages).toHaveLength(5)
  })

  test('[L14] a lost path is told to both sides, and a restart finds another: what waited comes', async () => {
    const links = new MemoryLinks()
    const { alice, bob } = await openPair(links.open)
    links.losePath(alice.link)
    await Promise.all([alice.next('pathLost'), bob.next('pathLost')])
    alice.link.send(patterned(5))
    bob.link.restart()
    expect((await bob.next('message')).bytes).toHaveLength(5)
    for (const { events } of [alice, bob]) expect(events).toContainEqual({ type: 'pathFound' })
  })

  test('closes both sides with a fault when it is broken, and what was on its way is lost', async () => {
    const links = new MemoryLinks()
    const { alice, bob } = await openPair(links.open)
    alice.link.send(patterned(1))
    links.break(bob.link)
    for (const end of [alice, bob]) {
      expect((await end.next('closed')).fault).toMatchObject({ code: 'connectionFailed' })
    }
    expect(bob.messages).toHaveLength(0)
  })

  test('fails when more waits than a channel holds', async () => {
    const links = new MemoryLinks()
    const { alice, bob } = await openPair(links.open)
    links.hold(alice.link)
    const bytes = patterned(60_000)
    for (let count = 0; count < 300; count++) alice.link.send(bytes)
    for (const end of [alice, bob]) {
      expect((await end.next('closed')).fault).toMatchObject({ code: 'channelFailed' })
    }
  })
})
