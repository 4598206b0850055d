import { build, buildIsStale } from '../scripts/setup.mjs'

/** The tests drive the built page: builds it when it is older than its sources. */
export default async function buildFirst(): Promise<void> {
  if (buildIsStale() && !(await build())) throw new Error('The page could not be built; the reason is above.')
}
