import { simplePeerLinks } from '../simplePeerLink.ts'
import { simplePeerLinkCases } from './simplePeerLinkCases.ts'

/** Runs in a page of its own: null when the link does it, otherwise what went wrong. */
export async function runCase(name: string): Promise<string | null> {
  const strays: string[] = []
  const catchStray = (event: Event): number => strays.push(describeStray(event))
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, catchStray)
  try {
    const found = simplePeerLinkCases.find((each) => each.name === name)
    if (!found) return 'no such case'
    await found.run(simplePeerLinks())
    return strays.length > 0 ? `thrown past us: ${strays.join(', ')}` : null
  } catch (error) {
    return String(error)
  } finally {
    for (const type of ['error', 'unhandledrejection']) removeEventListener(type, catchStray)
  }
}

const describeStray = (event: Event): string =>
  'reason' in event ? String(event.reason) : event instanceof ErrorEvent ? event.message : event.type
