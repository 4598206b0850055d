import type { StoreFault } from './pieceStore.ts'

/** What keeping pieces reported. */
export const diskFault = (error: unknown): StoreFault =>
  hasName(error, 'QuotaExceededError') ? { code: 'full' } : broken(error)

/** What reading a File reports when it was changed, moved or deleted (File API, section 7). */
export const sourceFault = (error: unknown): StoreFault =>
  hasName(error, 'NotReadableError', 'NotFoundError') ? { code: 'sourceChanged' } : broken(error)

/** What is neither reported by the browser's storage nor for want of memory. */
export const isBug = (error: unknown): boolean => !(error instanceof DOMException) && !isOutOfMemory(error)

const broken = (error: unknown): StoreFault => ({
  code: 'broken',
  detail: isOutOfMemory(error) ? 'out of memory' : String(error),
})

/** Firefox throws these very words and no error. */
const isOutOfMemory = (error: unknown): boolean => error instanceof RangeError || error === 'out of memory'

const hasName = (error: unknown, ...names: string[]): boolean =>
  error instanceof DOMException && names.includes(error.name)
