const key = 'swarmdrop.hideAddress'

/** Whether people on this device have chosen to hide its address from others. Where storage is switched off, nobody has. */
export function isHidingKept(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}

/** Keeps the choice for later pages of this browser. */
export function keepHiding(isHidden: boolean): void {
  try {
    if (isHidden) localStorage.setItem(key, 'yes')
    else localStorage.removeItem(key)
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** Hears of it when another page of this browser changes the choice. */
export function onHidingChange(changed: (isHidden: boolean) => void): void {
  addEventListener('storage', (event) => {
    if (event.key === key) changed(event.newValue !== null)
  })
}
