/** What was noted lately: of at most `sizeMax` keys, the longest noted goes first. */
export interface Recent<Key, Noted> {
  note(key: Key, what: Noted): void
  noted(key: Key): Noted | undefined
  forget(key: Key): void
}

export function createRecent<Key, Noted>(sizeMax: number): Recent<Key, Noted> {
  const notes = new Map<Key, Noted>()
  return {
    note(key, what) {
      notes.delete(key)
      notes.set(key, what)
      for (const oldest of notes.keys()) {
        if (notes.size <= sizeMax) break
        notes.delete(oldest)
      }
    },
    noted: (key) => notes.get(key),
    forget: (key) => void notes.delete(key),
  }
}
