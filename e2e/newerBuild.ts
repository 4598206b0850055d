import { relative } from 'node:path'
import { build, type Plugin } from 'vite'
import { rootFolder } from '../scripts/setup.mjs'

/** What the help says in the newer build, which is loaded when somebody opens it. */
export const newerWords = 'What this newer page does for you'
export const olderWords = 'What this page does for you'

/** Changes a word of what is loaded late: by their names so do all files that lead to it. */
const withNewerWords: Plugin = {
  name: 'newer-words',
  transform: (code, id) => (id.endsWith('/enLater.ts') ? code.replace(olderWords, newerWords) : undefined),
}

/** Builds the page as it may be tomorrow into `folder`, somewhere in the repository. */
export async function buildNewer(folder: string): Promise<void> {
  await build({
    root: rootFolder,
    logLevel: 'warn',
    plugins: [withNewerWords],
    build: { outDir: relative(rootFolder, folder), emptyOutDir: true },
  })
}
