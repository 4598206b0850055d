import type { KeptKey, ShareCrypto, SigningKey } from '../crypto/crypto.ts'
import type { ShareId } from '../shared/ids.ts'
import { assert } from '../shared/result.ts'
import type { HashPart } from '../swarm/hashList.ts'
import type { SwarmEffect, SwarmInput } from '../swarm/io.ts'

export interface ListSignerOptions {
  readonly crypto: ShareCrypto
  readonly handle: (input: SwarmInput) => void
  /** Keeps a part of a share of ours before the room is told of it. */
  readonly keep: (share: ShareId, part: HashPart) => Promise<void>
}

/** Signs hash lists with the keys of our own shares, and verifies those of others. */
export class ListSigner {
  readonly #options: ListSignerOptions
  readonly #keys = new Map<ShareId, SigningKey>()

  constructor(options: ListSignerOptions) {
    this.#options = options
  }

  /** A share of ours is about to be offered. */
  async offered(share: ShareId, kept: KeptKey): Promise<void> {
    const key = await this.#options.crypto.keptSigningKey(kept)
    assert(key, 'a key made in this browser can be used in it')
    this.#keys.set(share, key)
  }

  /** An earlier page offered a share with this key. False where this browser cannot use it any more. */
  async goesOn(share: ShareId, kept: KeptKey): Promise<boolean> {
    const key = await this.#options.crypto.keptSigningKey(kept)
    if (key) this.#keys.set(share, key)
    return key !== null
  }

  async sign({ share, part, bytes }: SwarmEffect & { type: 'signPart' }): Promise<void> {
    const key = this.#keys.get(share)
    assert(key, 'only lists of our own shares are signed')
    const signature = await key.sign(bytes)
    await this.#options.keep(share, { ...part, signature })
    this.#options.handle({ type: 'partSigned', share, part, signature })
  }

  async verify({ share, part, key, bytes }: SwarmEffect & { type: 'verifyPart' }): Promise<void> {
    const right = await this.#options.crypto.verify(key, part.signature, bytes)
    this.#options.handle({ type: 'partVerified', share, part, right })
  }
}
