import { describe, expect, it } from 'vitest'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import type { BrokerTrouble } from '../signaling/signaling.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { RoomNews } from './roomNews.ts'
import type { BrokerView, NoticeMessage } from './view.ts'

function openNews() {
  let shown: string[] = []
  const news = new RoomNews(
    new NoticeBoard((notices) => (shown = notices.map(({ message }) => message.code))),
    () => ({ servers: [], relayOnly: false }),
    new MemoryClock(),
  )
  return { news, shown: () => shown }
}

const one = (trouble: BrokerTrouble): BrokerView[] => [{ name: 'a.example', state: 'offline', trouble }]

const two = (second: BrokerTrouble): BrokerView[] => [
  ...one('full'),
  { name: 'b.example', state: 'connecting', trouble: second },
]

describe('[R29] what is said of brokers', () => {
  it('is said once, however often they are tried again, and taken back when one is there', () => {
    const { news, shown } = openNews()
    news.signaling('connecting', one('unreachable'))
    expect(shown()).toEqual([])
    for (let tries = 0; tries < 3; tries++) {
      news.signaling('offline', one('unreachable'))
      news.signaling('connecting', one('unreachable'))
    }
    expect(shown()).toEqual(['brokerUnreachable'])
    news.signaling('online', one('unreachable'))
    expect(shown()).toEqual([])
  })

  it('names which kind of trouble it is, the newest alone', () => {
    const { news, shown } = openNews()
    news.signaling('offline', one('unreachable'))
    news.signaling('offline', one('full'))
    expect(shown()).toEqual(['brokerFull'])
    news.signaling('offline', one('refusing'))
    expect(shown()).toEqual(['brokerRefusing'])
  })

  it('of several says what is wrong with which, anew when that is another', () => {
    let told: readonly NoticeMessage[] = []
    const board = new NoticeBoard((notices) => (told = notices.map(({ message }) => message)))
    const news = new RoomNews(board, () => ({ servers: [], relayOnly: false }), new MemoryClock())
    news.signaling('offline', two('unreachable'))
    news.signaling('offline', two('silent'))
    expect(told).toEqual([
      {
        code: 'brokersOffline',
        brokers: [
          { name: 'a.example', trouble: 'full' },
          { name: 'b.example', trouble: 'silent' },
        ],
      },
    ])
    news.signaling('online', two('silent'))
    expect(told).toEqual([])
  })
})
