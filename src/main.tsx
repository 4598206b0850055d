import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { openPage } from './app/openPage.ts'
import { assert } from './shared/result.ts'
import { App } from './ui/App.tsx'

const place = document.getElementById('root')
assert(place, 'index.html has a #root')

createRoot(place).render(
  <StrictMode>
    <App session={openPage()} />
  </StrictMode>,
)
