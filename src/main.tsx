import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startSession } from './app/startSession.ts'
import { assert } from './shared/result.ts'
import { App } from './ui/App.tsx'
import { Broken } from './ui/ErrorBoundary.tsx'

const place = document.getElementById('root')
assert(place, 'index.html has a #root')

// Until then the quiet shell of index.html stands there.
const page = await startSession().then(
  (session) => <App session={session} />,
  () => <Broken />,
)
createRoot(place).render(<StrictMode>{page}</StrictMode>)
