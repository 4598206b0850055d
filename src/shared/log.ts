export type LogLevel = 'debug' | 'info' | 'warning' | 'error'

/** Facts beside the words: numbers, codes, ids. Never a secret, an address, a file's or a person's name. */
export type LogDetail = Readonly<Record<string, string | number | boolean | null>>

/** Notes that something happened, and why, for whoever looks into a failure later. */
export type Log = (level: LogLevel, what: string, detail?: LogDetail) => void
