import type { Crypto } from '../crypto/crypto.ts'
import type { Identity } from '../crypto/identity.ts'
import type { Engine, EngineShare } from '../engine/engine.ts'
import { base64UrlFromBytes, bytesEqual } from '../shared/bytes.ts'
import { pieceLength } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'
import { randomBytes, type Random } from '../shared/random.ts'
import type { StoredSource } from '../store/shareIndex.ts'
import { geometryOf, saltBytes, type Description, type Manifest } from '../swarm/manifest.ts'
import { describeShare, looks, type Described } from './describe.ts'
import type { Intake } from './intake.ts'
import type { KnownShares } from './knownShares.ts'
import type { NoticeBoard } from './noticeBoard.ts'

export interface SharingOptions {
  readonly random: Random
  readonly crypto: Crypto
  readonly identity: Identity
  readonly engine: Pick<Engine, 'offer' | 'attach'>
  readonly known: KnownShares
  readonly notices: NoticeBoard
  /** A share the user had taken off the list is wanted again. */
  show(share: ShareId): void
  /** What the user sees instead of it is another share of the same files. */
  hide(share: ShareId): void
  /** Its files were changed: nobody is to go on with it from here. */
  remove(share: ShareId): void
}

/**
 * Makes shares of what was dropped. Files that the room already knows as a share join it instead, once their bytes prove to be
 * the same: so a download goes on when somebody drops the same file again.
 */
export class Sharing {
  readonly #options: SharingOptions
  /** Shares of the room by their looks: thousands of dropped files each ask for theirs. */
  readonly #alike = new Map<string, Set<ShareId>>()
  readonly #looks = new Map<ShareId, string>()

  constructor(options: SharingOptions) {
    this.#options = options
  }

  appeared(manifest: Manifest): void {
    const key = looks(manifest)
    this.#looks.set(manifest.share, key)
    const alike = this.#alike.get(key) ?? new Set()
    this.#alike.set(key, alike.add(manifest.share))
  }

  gone(share: ShareId): void {
    const key = this.#looks.get(share)
    if (key === undefined) return
    this.#looks.delete(share)
    const alike = this.#alike.get(key)
    alike?.delete(share)
    if (alike?.size === 0) this.#alike.delete(key)
  }

  async share(intake: Intake): Promise<void> {
    const { engine, notices, show, hide, remove } = this.#options
    const described = describeShare(intake)
    if (!described.ok) {
      const name = intake.kind === 'file' ? intake.file.name : intake.name
      return notices.add('error', { code: 'tooMuch', name })
    }
    const twin = await this.#twinOf(described.value)
    const source = await intake.source
    if (!twin) return this.#offer(described.value, source)
    show(twin.manifest.share)
    const isHere = !isWithoutFiles(twin) || twin.heldCount === twin.pieceCount
    if (isHere) return notices.add('info', { code: 'alreadyShared', name: twin.manifest.name })
    const joined = await engine.attach(twin.manifest, described.value.files, source)
    // The first piece was the same and a later one was not, or nobody can vouch for the later ones: it is a share of its own after all.
    if (joined === 'unlisted') hide(twin.manifest.share)
    if (joined === 'differs' && twin.source === 'away') remove(twin.manifest.share)
    if (joined !== 'ended') await this.#offer(described.value, source)
  }

  /** These are not the files that the share was made of, by their sizes and times. */
  isChanged(share: ShareId, intake: Intake): boolean {
    const manifest = this.#options.known.get(share)?.manifest
    const described = describeShare(intake)
    if (!manifest || !described.ok) return false
    const { sizeBytes, modifiedMs } = described.value.description
    return sizeBytes !== manifest.sizeBytes || modifiedMs !== manifest.modifiedMs
  }

  /** Each share has a key of its own, which signs its hash list and nothing else. */
  async #offer({ description, files }: Described, source: StoredSource | null): Promise<void> {
    const { engine, crypto, identity, random } = this.#options
    const { kept, publicKey } = await crypto.newSigningKey()
    const salt = randomBytes(random, saltBytes)
    const signature = await identity.vouchForShare(publicKey, salt)
    const origin = {
      key: base64UrlFromBytes(publicKey),
      salt: base64UrlFromBytes(salt),
      by: identity.device,
      bySignature: base64UrlFromBytes(signature),
    }
    await engine.offer({ version: 2, ...origin, ...description }, files, kept, source)
  }

  /** The share of the room that these files are, as far as their first piece tells; or may be, while its first hash is on its way. */
  async #twinOf({ description, files }: Described): Promise<EngineShare | null> {
    const isEmpty = description.sizeBytes + description.treeSizeBytes === 0
    if (isEmpty || this.#lookingLike(description).length === 0) return null
    const firstPiece = new Blob([...files]).slice(0, pieceLength(geometryOf(description), 0))
    const hash = await readHash(this.#options.crypto, firstPiece)
    if (!hash) return null
    const alike = this.#lookingLike(description)
    const twin = alike.find(({ firstHash }) => firstHash !== null && bytesEqual(firstHash, hash))
    return twin ?? alike.find((share) => share.firstHash === null && isWithoutFiles(share)) ?? null
  }

  #lookingLike(description: Description): EngineShare[] {
    return [...(this.#alike.get(looks(description)) ?? [])]
      .flatMap((share) => this.#options.known.get(share) ?? [])
      .filter(({ source, contradicted }) => source !== 'lost' && !contradicted)
      .filter((share) => isWithoutFiles(share) || share.manifest.modifiedMs === description.modifiedMs)
  }
}

/** No file of this device gives it: there was none, or it was on an earlier page. */
const isWithoutFiles = ({ source }: EngineShare): boolean => source === 'none' || source === 'away'

/** Null when the file cannot be read: offering it will say so in words. */
async function readHash(crypto: Crypto, blob: Blob): Promise<Uint8Array | null> {
  const bytes = await blob.arrayBuffer().catch(() => null)
  return bytes && crypto.sha256(new Uint8Array(bytes))
}
