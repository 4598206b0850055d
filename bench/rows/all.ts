import { browsers, tabs } from './oneToOne.ts'
import { pathNamed, paths } from './paths.ts'
import type { Row } from './row.ts'
import { swarmNamed, swarms } from './swarm.ts'

/** In the order in which they are measured and told. */
export const allRows: readonly Row[] = [tabs, browsers, ...paths, ...swarms]

/** Rows by name, and those that a name describes. Null if there is none. */
export function rowNamed(name: string): Row | null {
  return allRows.find((row) => row.name === name) ?? pathNamed(name) ?? swarmNamed(name)
}
