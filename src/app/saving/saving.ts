import { limits } from '../../shared/limits.ts'
import { ok, type Result } from '../../shared/result.ts'
import { cleanName } from './fileNames.ts'
import {
  blobOrThrow,
  saveFailed,
  sizeOf,
  type OnProgress,
  type Saveable,
  type SaveFault,
} from './saveable.ts'

/**
 * Starts an ordinary browser download of a complete share: the file, or a zip of the folder. A file is done when the browser has
 * begun to copy it, a zip when the browser has taken the last byte.
 */
export async function saveShare(share: Saveable, onProgress: OnProgress): Promise<Result<void, SaveFault>> {
  try {
    if (share.kind === 'folder') return await saveZip(share, onProgress)
    downloadBlob(
      await blobOrThrow(share, 0, sizeOf(share)),
      'application/octet-stream',
      cleanName(share.name),
    )
    onProgress(sizeOf(share))
    return ok(undefined)
  } catch (error) {
    return saveFailed(error)
  }
}

async function saveZip(share: Saveable, onProgress: OnProgress): Promise<Result<void, SaveFault>> {
  const [{ zipStream }, { activeServiceWorker, downloadStream }] = await Promise.all([
    import('./zip.ts'),
    import('./streamDownload.ts'),
  ])
  const download = { name: cleanName(`${share.name}.zip`), ...zipStream(share) }
  const worker = await activeServiceWorker()
  if (worker !== null) return downloadStream(worker, download, onProgress)
  // Without a service worker the browser must hold the whole zip, on disk if it sees fit.
  downloadBlob(await new Response(download.stream).blob(), 'application/zip', download.name)
  onProgress(download.sizeBytes)
  return ok(undefined)
}

/**
 * Whatever type the blob has, a file of this device brings its own: some browsers inside apps show what they know, and a peer's
 * HTML or SVG would run as ours. So it gets one that nobody shows.
 */
function downloadBlob(blob: Blob, type: 'application/octet-stream' | 'application/zip', name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob.slice(0, blob.size, type))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), limits.savedAddressLifeMs)
}
