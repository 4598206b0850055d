import type { Crypto } from '../crypto/crypto.ts'
import { isShareOfDevice } from '../crypto/identity.ts'
import { bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import type { DeviceId, ShareId } from '../shared/ids.ts'
import type { Manifest } from '../swarm/manifest.ts'
import type { OriginView } from './view.ts'

export interface ShareOriginsOptions {
  readonly crypto: Crypto
  /** Our own device. */
  readonly self: DeviceId
  /** What a device that was met before was called last. */
  rememberedName(device: DeviceId): string | null
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

  /** As people see it; null until it is known. `here`: names of those in the room, by device. */
  viewOf(share: ShareId, here: ReadonlyMap<DeviceId, string>): OriginView | null {
    const device = this.#devices.get(share)
    if (device === undefined) return null
    if (device === null) return { kind: 'unsigned' }
    if (device === this.#options.self) return { kind: 'you' }
    const nameHere = here.get(device)
    if (nameHere !== undefined) return { kind: 'known', name: nameHere, isHere: true }
    const name = this.#options.rememberedName(device)
    return name === null ? { kind: 'stranger' } : { kind: 'known', name, isHere: false }
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
