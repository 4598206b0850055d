/** Bytes that this origin may still keep; Infinity where the browser does not tell. */
export async function freeBytes(): Promise<number> {
  const { quota, usage } = await navigator.storage.estimate()
  return quota === undefined ? Infinity : quota - (usage ?? 0)
}
