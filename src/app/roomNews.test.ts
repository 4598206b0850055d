import { describe, expect, it } from 'vitest'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { RoomNews } from './roomNews.ts'

function openNews() {
  let shown: string[] = []
  const news = new RoomNews(
    new NoticeBoard((notices) => (shown = notices.map(({ message }) => message.code))),
    () => ({ servers: [], relayOnly: false }),
    new MemoryClock(),
  )
  return { news, shown: () => shown }
}

describe('[R29] what is said of brokers', () => {
  it('is said once, however often they are tried again, and taken back when one is there', () => {
    const { news, shown } = openNews()
    news.signaling('connecting', 'unreachable')
    expect(shown()).toEqual([])
    for (let tries = 0; tries < 3; tries++) {
      news.signaling('offline', 'unreachable')
      news.signaling('connecting', 'unreachable')
    }
    expect(shown()).toEqual(['brokerUnreachable'])
    news.signaling('online', 'unreachable')
    expect(shown()).toEqual([])
  })

  it('names which kind of trouble it is, the newest alone', () => {
    const { news, shown } = openNews()
    news.signaling('offline', 'unreachable')
    news.signaling('offline', 'full')
    expect(shown()).toEqual(['brokerFull'])
    news.signaling('offline', 'refusing')
    expect(shown()).toEqual(['brokerRefusing'])
  })
})
