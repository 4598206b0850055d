import { expect, test } from './room.ts'

test('bytes are moved by a worker where the browser hands it data channels, else by the page', async ({
  openPage,
  enginePlace,
}) => {
  const page = await openPage()
  await expect(page.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  const names = page.workers().map((worker) => worker.url())
  expect(names.some((name) => name.includes('engine.worker'))).toBe(enginePlace === 'worker')
  // The store lies where the engine is: it takes a second worker only for a page's.
  expect(names.some((name) => name.includes('opfs.worker'))).toBe(enginePlace === 'page')
})
