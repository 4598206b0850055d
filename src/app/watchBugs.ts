/** Errors and rejections that nobody caught: bugs of ours, unless they come from what others put into the page (extensions). */
export function watchBugs(page: Window, found: (error: unknown) => void): void {
  page.addEventListener('error', ({ error, message, filename }) => {
    if (filename.startsWith(page.location.origin)) found(error ?? message)
  })
  page.addEventListener('unhandledrejection', ({ reason }) => found(reason))
}
