import { addressOf, expect, roomLink, test } from './room.ts'

test('?debug prints what happens, and is no part of the link for others', async ({ openPage, server }) => {
  const alice = await openPage()
  const bob = await openPage(`${addressOf(server)}?debug`)
  await expect(bob.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  const link = await roomLink(bob)
  expect(link).not.toContain('?')
  expect(new URL(bob.url()).search).toBe('?debug')
  expect(new URL(bob.url()).hash).toBe(new URL(link).hash)

  const printed = bob.waitForEvent('console', (message) => message.text().includes('info link opened'))
  await alice.goto(link)
  // The fragment alone changed: the page opens the other room anew.
  await expect(alice.getByTestId('room-link')).toHaveValue(link)
  expect((await printed).text()).not.toContain(new URL(link).hash.slice(1))
})
