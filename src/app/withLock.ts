/**
 * Does the work while the lock is held, and tells it whether it is. Safari before 15.4 has service workers and no locks: there it counts
 * as held, as pages that get into each other's way are rare.
 */
export function withLock<Value>(
  name: string,
  wish: LockOptions,
  work: (isHeld: boolean) => Promise<Value>,
): Promise<Value> {
  const { locks }: Partial<Navigator> = navigator
  return locks === undefined ? work(true) : locks.request(name, wish, (lock) => work(lock !== null))
}
