import { startTransition, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { openPage } from './app/openPage.ts'
import { assert } from './shared/result.ts'
import { App } from './ui/App.tsx'

const place = document.getElementById('root')
assert(place, 'index.html has a #root')

const root = createRoot(place)
const screen = await openPage(import.meta.url)
// In slices: on a slow phone, drawing all of it at once would keep the first tap waiting.
startTransition(() =>
  root.render(
    <StrictMode>
      <App session={screen} />
    </StrictMode>,
  ),
)
