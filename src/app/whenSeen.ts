/** What is read of a `Document` here. */
export interface Seen {
  readonly visibilityState: DocumentVisibilityState
  /** Missing where the browser does not prerender. */
  readonly prerendering?: boolean
  addEventListener(type: 'visibilitychange' | 'prerenderingchange', listener: () => void): void
  removeEventListener(type: 'visibilitychange' | 'prerenderingchange', listener: () => void): void
}

/**
 * Resolves once somebody can see the page: a link preview, a prerender or a tab opened in the background must not join a room
 * (HTML, "page visibility"; Prerendering Revamped, `document.prerendering`).
 */
export function whenSeen(page: Seen): Promise<void> {
  const isSeen = (): boolean => page.visibilityState === 'visible' && page.prerendering !== true
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSeen()) return
      page.removeEventListener('visibilitychange', look)
      page.removeEventListener('prerenderingchange', look)
      resolve()
    }
    page.addEventListener('visibilitychange', look)
    page.addEventListener('prerenderingchange', look)
    look()
  })
}
