/** What people have chosen on this device, for all its pages. Where storage is switched off, a choice lasts as long as the page. */
export interface Choice {
  /** Null where nobody has chosen. */
  kept(): boolean | null
  keep(isOn: boolean): void
  /** Hears of it when another page of this browser changes the choice. */
  onChange(changed: (isOn: boolean | null) => void): void
}

const read = (text: string | null): boolean | null => (text === null ? null : text === 'yes')

function choice(key: string): Choice {
  return {
    kept() {
      try {
        return read(localStorage.getItem(key))
      } catch {
        return null
      }
    },
    keep(isOn) {
      try {
        localStorage.setItem(key, isOn ? 'yes' : 'no')
      } catch {
        // It lasts as long as the page.
      }
    },
    onChange(changed) {
      addEventListener('storage', (event) => {
        if (event.key === key) changed(read(event.newValue))
      })
    },
  }
}

/** This device's address is hidden from others. */
export const hidingChoice = choice('swarmdrop.hideAddress')
/** What others cannot get of each other is passed on. */
export const helpingChoice = choice('swarmdrop.helpOthers')
