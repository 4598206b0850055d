/** Every cap and timeout of our server. Apart from `src/shared/limits.ts`, which every page loads. */
const KiB = 1024
const MiB = 1024 * KiB
const seconds = 1000

export const serverLimits = {
  // Connections
  /** Of all clients together: well below the files one process may have open. */
  connectionsMax: 2000,
  /** Of one address. A tab has up to six for pages and one for each mailbox; tests open dozens of tabs on one machine. */
  connectionsPerAddressMax: 500,
  /** Browsers open connections ahead of need; one that stays silent longer is let go. */
  firstByteTimeoutMs: 60 * seconds,
  /** A phone on a poor network needs a second or two. */
  tlsHandshakeTimeoutMs: 10 * seconds,
  /** From the first byte of a request to the end of its headers. */
  headersTimeoutMs: 15 * seconds,
  /** The same for a whole request; nothing here takes a body worth waiting for. */
  requestTimeoutMs: 20 * seconds,
  /** How often Node looks for requests that are late. */
  lateRequestCheckIntervalMs: 5 * seconds,
  /** Silence between two requests of one connection. */
  keepAliveTimeoutMs: 5 * seconds,
  /** An answer of which nothing is taken for this long is given up. */
  stalledAnswerTimeoutMs: 60 * seconds,

  // STUN
  /** Answers are counted over so long. */
  stunSpanMs: 10 * seconds,
  /** To one address: a browser asks once for each connection, and every 10 s while it has it. */
  stunAnswersPerAddress: 500,
  /** To all: an answer is hardly longer than its request, so nobody gains by making us send it elsewhere. */
  stunAnswersMax: 5000,

  // TURN
  /** Credentials hold so long: a page asks anew before, and who took them away with it has little of them. */
  turnCredentialLifeMs: 3600 * seconds,

  // Broker
  /** A sealed signal in base64 and PeerJS' own words around it. */
  brokerMessageMaxBytes: 64 * KiB,
  /** Levels of a message: a deep one overflows the stack of PeerServer, which then closes the connection of its receiver. */
  brokerMessageDepthMax: 8,
  /** PeerJS' own ids have 36. */
  brokerIdLengthMax: 128,
  /** PeerServer keeps a message for somebody absent this long, and looks every second. */
  brokerWaitingMs: 5 * seconds,
  brokerWaitingCheckMs: 1 * seconds,
  /** What one address may leave for absent ones: five newcomers knock with about 50 kB. */
  brokerWaitingPerAddressMaxBytes: 1 * MiB,
  /** The same for all: parsed, a message may take ten times its bytes. */
  brokerWaitingMaxBytes: 4 * MiB,
  /** What each message costs besides its own bytes. */
  brokerWaitingOverheadBytes: 256,
  /** Unsent bytes to a client that does not read, beyond which it gets no more. */
  brokerUnsentMaxBytes: 1 * MiB,
  /** Silence of a client: PeerJS pings every 5 s, a hidden tab at least once a minute. */
  brokerSilenceMaxMs: 90 * seconds,
} as const

/** As above; tests take smaller ones. */
export type ServerLimits = { readonly [Name in keyof typeof serverLimits]: number }
