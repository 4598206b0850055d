/** What one piece of a stream holds at most. */
const chunkMaxBytes = 64 * 1024

/** A file whose every read passes `onRead`: of a blob of it whole, and of its stream each chunk. */
export class WatchedFile extends File {
  /** What a read gives instead of `part` of the file; throws as a browser's read does. */
  onRead(part: Blob): Blob {
    return part
  }

  override slice(start?: number, end?: number): Blob {
    return this.#watched(super.slice(start, end), super.slice(start, end))
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.slice().arrayBuffer()
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.slice().stream()
  }

  #watched(blob: Blob, whole: Blob): Blob {
    const read = async (part: Blob): Promise<ArrayBuffer> => this.onRead(part).arrayBuffer()
    blob.arrayBuffer = () => read(whole)
    blob.stream = () => streamOf(whole, read)
    return blob
  }
}

function streamOf(
  whole: Blob,
  read: (part: Blob) => Promise<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const part = whole.slice(at, at + chunkMaxBytes)
      const bytes = part.size === 0 ? null : await read(part)
      at += bytes?.byteLength ?? 0
      if (bytes !== null && bytes.byteLength === part.size) return controller.enqueue(new Uint8Array(bytes))
      // Shorter than it was.
      controller.close()
      controller.byobRequest?.respond(0)
    },
  })
}
