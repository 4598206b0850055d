import { bytesFromBase64Url } from './bytes.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A member of a room: 16 bytes in base64url (22 characters) of a hash of its public keys, new for each opened page. */
export type PeerId = Branded<'PeerId'>
/** A browser on a device: its public key, 32 bytes in base64url (43 characters), the same for all its pages. */
export type DeviceId = Branded<'DeviceId'>
/** A file or folder offered in a room: 16 random bytes in base64url (22 characters), made by its origin. */
export type ShareId = Branded<'ShareId'>
/** What the room link carries after `#`: 16 random bytes in base64url (22 characters). */
export type RoomSecret = Branded<'RoomSecret'>
/** One attempt to link two peers: 8 random bytes in base64url (11 characters), made by the peer that offers. */
export type LinkSession = Branded<'LinkSession'>

/** A moment or a span in milliseconds. Machines get moments from outside; only differences mean anything. */
export type Millis = number
/** The place of a piece in its share, from 0. */
export type PieceIndex = number

export const idBytes = 16
export const linkSessionBytes = 8
/** Of a public key of Ed25519 or X25519. */
export const publicKeyBytes = 32
/** Of a signature of Ed25519. */
export const signatureBytes = 64

const parseId =
  <Id extends string>(lengthBytes: number) =>
  (text: unknown): Id | null =>
    typeof text === 'string' && bytesFromBase64Url(text)?.length === lengthBytes ? (text as Id) : null

/** Each parser takes anything a stranger may have sent and answers null unless it is a well-formed id. */
export const parsePeerId = parseId<PeerId>(idBytes)
export const parseDeviceId = parseId<DeviceId>(publicKeyBytes)
export const parseShareId = parseId<ShareId>(idBytes)
export const parseRoomSecret = parseId<RoomSecret>(idBytes)
export const parseLinkSession = parseId<LinkSession>(linkSessionBytes)
