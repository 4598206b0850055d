/** Of whom something was asked that they have not answered. */
const asked = new Set<object>()

/**
 * Asks something of an object of the browser, and holds on to it until it has answered. Chromium forgets `createSyncAccessHandle` together
 * with the file's handle, and its promise never settles: so it was with 244 of 300 files opened while garbage was collected (tried in 156;
 * no other call of a handle did this).
 */
export async function holdingOn<Asked extends object, Answer>(
  one: Asked,
  ask: (of: Asked) => Promise<Answer>,
): Promise<Answer> {
  asked.add(one)
  try {
    return await ask(one)
  } finally {
    asked.delete(one)
  }
}
