import type { Clock } from '../shared/clock.ts'
import { limits } from '../shared/limits.ts'
import type { Result } from '../shared/result.ts'
import type { StoreFault } from '../store/pieceStore.ts'

/**
 * What a store has of an earlier page. What it does not give at once is not yet lost: the page before may still be letting go of the file.
 * Answers with the last fault after `limits.diskTriesMax` tries.
 */
export async function askedPatiently<Value>(
  clock: Clock,
  ask: () => Promise<Result<Value, StoreFault>>,
): Promise<Result<Value, StoreFault>> {
  for (let tries = 1; ; tries++) {
    const answer = await ask()
    if (answer.ok || answer.fault.code === 'gone' || tries === limits.diskTriesMax) return answer
    await new Promise<void>((resolve) => void clock.after(limits.diskRetryMs, resolve))
  }
}
