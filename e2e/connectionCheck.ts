import type { Locator, Page } from '@playwright/test'
import { expect } from './room.ts'

/** One line of the open check. */
export const lineOf = (page: Page, name: string): Locator =>
  page.locator(`[data-testid=check-line][data-check=${JSON.stringify(name)}]`)

type CheckState = 'good' | 'warning' | 'bad'

/** Waits until these lines of the open check are found out. */
export async function expectChecked(page: Page, states: Readonly<Record<string, CheckState>>): Promise<void> {
  for (const [name, state] of Object.entries(states)) {
    await expect(lineOf(page, name)).toHaveAttribute('data-state', state, { timeout: 30_000 })
  }
}
