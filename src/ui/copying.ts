import { useState } from 'react'

export type CopyState = 'idle' | 'copied' | 'refused'

/** Long enough to be read, short enough that the button can be used again. */
const copiedShownMs = 3000

/** How the last copying went, and the way to copy: call it inside a click. "Copied" passes after a while. */
export function useCopying(): readonly [CopyState, (text: string) => Promise<CopyState>] {
  const [state, setState] = useState<CopyState>('idle')
  const copy = async (text: string): Promise<CopyState> => {
    const copied = (await copyText(text)) ? 'copied' : 'refused'
    setState(copied)
    if (copied === 'copied') setTimeout(() => setState('idle'), copiedShownMs)
    return copied
  }
  return [state, copy]
}

async function copyText(text: string): Promise<boolean> {
  // Insecure origins have no clipboard API.
  if (!isSecureContext) return copyBySelection(text)
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

/** The old way: what is selected is copied. Everything outside of an open dialog is inert, so the field goes into it. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const field = document.createElement('textarea')
  field.className = 'visually-hidden'
  field.readOnly = true
  field.value = text
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return isCopied
}
