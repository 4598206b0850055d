import {
  base64UrlFromBytes,
  bytesFromBase64Url,
  concatBytes,
  utf8FromText,
  type Bytes,
} from '../shared/bytes.ts'
import { idBytes, type DeviceId, type PeerId } from '../shared/ids.ts'
import type { Crypto, SealingKey, SigningKey } from './crypto.ts'

/** The public keys of a tab. Its peer id is their hash, so nobody else can have it. */
export interface TabKeys {
  /** Ed25519. */
  readonly signing: Bytes
  /** X25519. */
  readonly sealing: Bytes
}

/** Who a tab is: keys of its own, made when the page was opened, and the certificate that the key of this device gave them. */
export interface Identity {
  readonly peer: PeerId
  readonly keys: TabKeys
  readonly device: DeviceId
  /** 64 bytes: says that the tab is of this device. */
  readonly certificate: Bytes
  sign(bytes: Bytes): Promise<Bytes>
  /** The device's signature, 64 bytes, that the share with this key and salt is of it. */
  vouchForShare(key: Bytes, salt: Bytes): Promise<Bytes>
  open: SealingKey['open']
}

const peerLabel = utf8FromText('swarmdrop peer 2\n')
const tabLabel = utf8FromText('swarmdrop tab 2\n')
const shareLabel = utf8FromText('swarmdrop share of a device 2\n')

export async function newIdentity(crypto: Crypto, device: SigningKey): Promise<Identity> {
  const [signing, sealing] = await Promise.all([crypto.newSigningKey(), crypto.newSealingKey()])
  const keys = { signing: signing.publicKey, sealing: sealing.publicKey }
  return {
    peer: await peerOf(crypto, keys),
    keys,
    device: base64UrlFromBytes(device.publicKey) as DeviceId,
    certificate: await device.sign(certified(keys)),
    sign: (bytes) => signing.sign(bytes),
    vouchForShare: (key, salt) => device.sign(vouchedFor(key, salt)),
    open: (sealed, info) => sealing.open(sealed, info),
  }
}

/** The id of whoever has these keys. */
export async function peerOf(crypto: Crypto, { signing, sealing }: TabKeys): Promise<PeerId> {
  const hash = await crypto.sha256(concatBytes([peerLabel, signing, sealing]))
  return base64UrlFromBytes(hash.subarray(0, idBytes)) as PeerId
}

/** Whether the device says that the tab with these keys is one of its own. */
export async function isOfDevice(
  crypto: Crypto,
  device: DeviceId,
  keys: TabKeys,
  certificate: Bytes,
): Promise<boolean> {
  return crypto.verify(bytesFromBase64Url(device) ?? new Uint8Array(), certificate, certified(keys))
}

const certified = ({ signing, sealing }: TabKeys): Bytes => concatBytes([tabLabel, signing, sealing])

/** Whether the device says that the share with this key and salt is of it. */
export async function isShareOfDevice(
  crypto: Crypto,
  device: DeviceId,
  key: Bytes,
  salt: Bytes,
  signature: Bytes,
): Promise<boolean> {
  return crypto.verify(bytesFromBase64Url(device) ?? new Uint8Array(), signature, vouchedFor(key, salt))
}

const vouchedFor = (key: Bytes, salt: Bytes): Bytes => concatBytes([shareLabel, key, salt])
