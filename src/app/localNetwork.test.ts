import { describe, expect, it } from 'vitest'
import { watchLocalNetwork } from './localNetwork.ts'
import { NoticeBoard } from './noticeBoard.ts'
import type { Notice } from './view.ts'

class Status extends EventTarget {
  readonly name = 'local-network'
  onchange = null
  state: PermissionState

  constructor(state: PermissionState) {
    super()
    this.state = state
  }

  become(state: PermissionState): void {
    this.state = state
    this.dispatchEvent(new Event('change'))
  }
}

async function watched(
  state: PermissionState,
  reaches: 'local' | 'loopback' | null,
  known = ['local-network'],
) {
  let shown: readonly Notice[] = []
  const asked: string[] = []
  const status = new Status(state)
  await watchLocalNetwork({
    reaches,
    notices: new NoticeBoard((notices) => (shown = notices)),
    query: async (name) => {
      asked.push(name)
      return known.includes(name) ? status : null
    },
  })
  return { status, asked, codes: () => shown.map(({ message }) => message) }
}

describe('reaching devices of the local network', () => {
  it('is explained while the browser asks, and not any more once people have answered', async () => {
    const { status, codes } = await watched('prompt', 'local')
    expect(codes()).toEqual([{ code: 'localNetworkAsked' }])
    status.become('granted')
    expect(codes()).toEqual([])
  })

  it('says what it means that it is denied, and what it does not mean', async () => {
    const { status, codes } = await watched('prompt', 'local')
    status.become('denied')
    expect(codes()).toEqual([{ code: 'localNetworkDenied', isBroker: true }])
    const members = await watched('denied', null)
    expect(members.codes()).toEqual([{ code: 'localNetworkDenied', isBroker: false }])
  })

  it('is no matter where nobody is asked for', async () => {
    expect((await watched('prompt', null)).codes()).toEqual([])
    expect((await watched('granted', 'local')).codes()).toEqual([])
  })

  it('is asked by its older name where the browser knows no other, and not told where it knows none', async () => {
    const older = await watched('denied', 'loopback', ['local-network-access'])
    expect(older.asked).toEqual(['loopback-network', 'local-network-access'])
    expect(older.codes()).toHaveLength(1)
    expect((await watched('denied', 'local', [])).codes()).toEqual([])
  })
})
