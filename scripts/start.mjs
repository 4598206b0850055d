/** `npm start`: installs and builds what is missing or stale, then serves the page. */
import { build, buildIsStale, installIfNeeded } from './setup.mjs'

if (!(await installIfNeeded())) {
  console.error(
    'The packages could not be installed; npm says why above. Without them there is nothing to serve.',
  )
  process.exit(1)
}
if (buildIsStale()) {
  console.log('Building the page …')
  if (!(await build())) {
    console.error('The page could not be built; the reason is above.')
    process.exit(1)
  }
}
// Only now are the packages there that let Node read TypeScript.
const { register } = await import('tsx/esm/api')
register()
const { serve } = await import('./serve.ts')
await serve()
