import type { AddressSpace } from './addressSpace.ts'
import type { NoticeBoard } from './noticeBoard.ts'

/** A permission as a browser knows it; null for one that it does not know. */
export type QueryPermission = (name: string) => Promise<PermissionStatus | null>

export interface LocalNetworkParts {
  /** Whom the page wants to reach that is nearer than itself; null where nobody named in its settings is. */
  readonly reaches: AddressSpace | null
  readonly query: QueryPermission
  readonly notices: Pick<NoticeBoard, 'add' | 'retract'>
}

/** Since Chrome 145, and in 142 to 144 one for both (Local Network Access). */
const names = { loopback: 'loopback-network', local: 'local-network', public: 'local-network' } as const
const bothName = 'local-network-access'

/**
 * Explains the question that Chromium asks before a page from elsewhere may reach devices of this network, and says what it means when
 * people, or a policy, have said no. Members of the same network are such devices, too.
 */
export async function watchLocalNetwork({ reaches, query, notices }: LocalNetworkParts): Promise<void> {
  const status = (await query(names[reaches ?? 'local'])) ?? (await query(bothName))
  if (status === null) return
  const tell = (): void => {
    notices.retract('localNetworkAsked')
    notices.retract('localNetworkDenied')
    if (status.state === 'denied') {
      notices.add('warning', { code: 'localNetworkDenied', isBroker: reaches !== null })
    } else if (status.state === 'prompt' && reaches !== null)
      notices.add('warning', { code: 'localNetworkAsked' })
  }
  status.addEventListener('change', tell)
  tell()
}

/** Browsers reject names that they do not know. */
export const queryPermission: QueryPermission = (name) =>
  navigator.permissions.query({ name: name as PermissionName }).catch(() => null)
