import { describe, expect, it } from 'vitest'
import { parseRoomSecret } from '../shared/ids.ts'
import { randomRoomSecret, seededRandom } from '../shared/random.ts'
import { roomLink, roomOf } from './roomLink.ts'

const random = seededRandom(1)
const secret = randomRoomSecret(random)

describe('the room of an address', () => {
  it('is the one in its fragment', () => {
    expect(roomOf(`#${secret}`, random)).toEqual({
      secret,
      fresh: false,
      malformed: false,
      handed: null,
    })
  })

  it('is the one in an invitation by hand, and what is carried with it', () => {
    expect(roomOf(`#${secret}.AAAA`, random)).toMatchObject({
      secret,
      fresh: false,
      handed: `${secret}.AAAA`,
    })
  })

  it('is a new one for an answer by hand, which names none', () => {
    expect(roomOf('#answer.AAAA', random)).toMatchObject({
      fresh: true,
      malformed: false,
      handed: 'answer.AAAA',
    })
  })

  it('is a new one without a fragment', () => {
    for (const fragment of ['', '#']) {
      const room = roomOf(fragment, random)
      expect(room).toMatchObject({ fresh: true, malformed: false })
      expect(parseRoomSecret(room.secret)).toBe(room.secret)
    }
  })

  it.each([
    '#short',
    `#${secret}x`,
    `#${secret} `,
    `##${secret}`,
    '#AAAAAAAAAAAAAAAAAAAAAB',
    '#AAAAAAAAAAAAAAAAAAAAA+',
    `#${'A'.repeat(10_000)}`,
    '#%00',
    '#answer',
    '#short.AAAA',
  ])('is a new one for a malformed fragment, and that is told: %s', (fragment) => {
    expect(roomOf(fragment, random)).toMatchObject({ fresh: true, malformed: true })
  })
})

describe('a room link', () => {
  it.each(['https://a.example/', 'https://a.example/#old', 'https://a.example/##', 'https://a.example/#a#b'])(
    'has the secret in its fragment and nothing else there: %s',
    (address) => {
      expect(roomLink(address, secret)).toBe(`https://a.example/#${secret}`)
    },
  )

  it('keeps the rest of the address', () => {
    const address = 'http://192.168.0.9:4173/there/index.html?x=1'
    expect(roomLink(address, secret)).toBe(`${address}#${secret}`)
  })
})
