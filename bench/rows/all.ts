import { crowd } from './crowd.ts'
import { deepFolder } from './deepFolder.ts'
import { flooder } from './flooder.ts'
import { folder } from './folder.ts'
import { hugeFile, hugeNamed } from './hugeFile.ts'
import { lateJoiner } from './lateJoiner.ts'
import { manyShares } from './manyShares.ts'
import { manyTabs } from './manyTabs.ts'
import { memory } from './memory.ts'
import { moments } from './moments.ts'
import { browsers, tabs } from './oneToOne.ts'
import { otherNetwork } from './otherNetwork.ts'
import { pathNamed, paths } from './paths.ts'
import { oneToOneRivals, webTorrentSwarms } from './rivals.ts'
import type { Row } from './row.ts'
import { swarmNamed, swarms } from './swarm.ts'
import { uploadLimit } from './uploadLimit.ts'

/** In the order in which they are measured and told. */
export const rowGroups: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  { title: 'On one machine', rows: [tabs, browsers, crowd, folder, moments, memory, uploadLimit] },
  { title: 'Big things', rows: [hugeFile, deepFolder, manyShares, manyTabs] },
  { title: 'One to one over a path', rows: [...paths, flooder, otherNetwork] },
  { title: 'Swarms', rows: [...swarms, lateJoiner] },
  { title: 'Others in the same run', rows: [oneToOneRivals, ...webTorrentSwarms] },
]

export const allRows: readonly Row[] = rowGroups.flatMap(({ rows }) => rows)

/** Rows by name, and those that a name describes. Null if there is none. */
export function rowNamed(name: string): Row | null {
  return allRows.find((row) => row.name === name) ?? pathNamed(name) ?? swarmNamed(name) ?? hugeNamed(name)
}
