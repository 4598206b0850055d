import type { IceServer } from './link.ts'

/** A server's addresses, one or several in its notation. */
export const urlsOf = ({ urls }: IceServer): readonly string[] => (typeof urls === 'string' ? [urls] : urls)

const isTurn = (url: string): boolean => /^turns?:/i.test(url)

/** Those that pass on what is sent, rather than only telling a browser its address, with their addresses for that alone. */
export const relaysOf = (servers: readonly IceServer[]): IceServer[] =>
  servers.flatMap((server) => {
    const urls = urlsOf(server).filter(isTurn)
    return urls.length > 0 ? [{ ...server, urls }] : []
  })

export const hasRelay = (servers: readonly IceServer[]): boolean => relaysOf(servers).length > 0
