import type { Crypto } from '../crypto/crypto.ts'
import { isShareOfDevice } from '../crypto/identity.ts'
import { bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import type { DeviceId, ShareId } from '../shared/ids.ts'
import type { Manifest } from '../swarm/manifest.ts'

export interface ShareOriginsOptions {
  readonly crypto: Crypto
  /** It is known now of which device a share is. */
  readonly changed: () => void
  readonly bugFound: (error: unknown) => void
}

/** Of which device each share of the room is, where that device has signed it. Who passes a share on cannot change it: it is in the share's id. */
export class ShareOrigins {
  readonly #options: ShareOriginsOptions
  /** Null where the device that is named did not sign. */
  readonly #devices = new Map<ShareId, DeviceId | null>()
  readonly #present = new Set<ShareId>()

  constructor(options: ShareOriginsOptions) {
    this.#options = options
  }

  appeared(manifest: Manifest): void {
    this.#present.add(manifest.share)
    this.#look(manifest).catch(this.#options.bugFound)
  }

  gone(share: ShareId): void {
    this.#present.delete(share)
    this.#devices.delete(share)
  }

  /** Null where nobody vouches for it; undefined until that is known. */
  deviceOf(share: ShareId): DeviceId | null | undefined {
    return this.#devices.get(share)
  }

  async #look({ share, key, salt, by, bySignature }: Manifest): Promise<void> {
    const isTrue = await isShareOfDevice(
      this.#options.crypto,
      by,
      bytesOf(key),
      bytesOf(salt),
      bytesOf(bySignature),
    )
    if (!this.#present.has(share)) return
    this.#devices.set(share, isTrue ? by : null)
    this.#options.changed()
  }
}

const bytesOf = (text: string): Bytes => bytesFromBase64Url(text) ?? new Uint8Array()
