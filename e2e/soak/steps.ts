/** What somebody drops: its bytes follow from its seed. */
export type SampleSpec =
  | { readonly kind: 'file'; readonly name: string; readonly seed: number; readonly sizeBytes: number }
  | {
      readonly kind: 'folder'
      readonly name: string
      readonly seed: number
      readonly fileCount: number
      readonly fileMaxBytes: number
    }

/** What a member does, or suffers, named by its number. */
export type MemberDeed =
  /** Opens the room: for the first time, or again with all that its browser kept. */
  | { readonly kind: 'come' }
  /** Closes its browser, as people do. */
  | { readonly kind: 'go' }
  /** The process of its page ends at once. */
  | { readonly kind: 'crash' }
  /** Its whole browser ends at once. */
  | { readonly kind: 'kill' }
  | { readonly kind: 'reload' }
  /** Its page's process stands still, as in a device that sleeps, */
  | { readonly kind: 'sleep' }
  /** and goes on. */
  | { readonly kind: 'wake' }
  /** Its page closes all its connections, without a word to anybody. */
  | { readonly kind: 'cutLinks' }
  | { readonly kind: 'fillDisk' }
  | { readonly kind: 'freeDisk' }
  | { readonly kind: 'share'; readonly sample: SampleSpec; readonly how: 'drop' | 'pick' }
  /** What people do when they look at the page again: give files again that it cannot open by itself, try again what failed. */
  | { readonly kind: 'tend' }
  | { readonly kind: ShareDeed; readonly share: string }

/** A button of a share. */
export type ShareDeed = 'download' | 'pause' | 'resume' | 'cancel' | 'remove'

export type Step =
  | { readonly atMs: number; readonly member: number; readonly deed: MemberDeed }
  | { readonly atMs: number; readonly broker: 'stop' | 'start' }
