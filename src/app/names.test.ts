import { describe, expect, it } from 'vitest'
import { randomPeerId, seededRandom } from '../shared/random.ts'
import { browserOf, deviceOf, hueOf, randomName } from './names.ts'

const random = seededRandom(1)

describe('a name', () => {
  it('is two words, and hardly ever the same', () => {
    const names = Array.from({ length: 100 }, () => randomName(random))
    for (const name of names) expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(new Set(names).size).toBeGreaterThan(80)
  })

  it('can begin and end with any of its words, the first and the last too', () => {
    const names = Array.from({ length: 20_000 }, () => randomName(random))
    expect(new Set(names).size).toBe(768)
  })
})

describe('the colour of a member', () => {
  it('is the same for everyone, and spread over the whole circle', () => {
    const peers = Array.from({ length: 2000 }, () => randomPeerId(random))
    const hues = peers.map(hueOf)
    expect(peers.map(hueOf)).toEqual(hues)
    for (const hue of hues) expect(hue >= 0 && hue < 360 && Number.isInteger(hue)).toBe(true)
    const sextants = new Set(hues.map((hue) => Math.floor(hue / 60)))
    expect(sextants.size).toBe(6)
  })
})

describe('the device', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'desktop'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36', 'phone'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36', 'tablet'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1',
      'phone',
    ],
    ['Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Mobile/15E148 Safari/604.1', 'tablet'],
    ['', 'desktop'],
  ] as const)('%s is a %s', (userAgent, device) => {
    expect(deviceOf(userAgent)).toBe(device)
  })
})

describe('the browser', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140'],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Edge 142',
    ],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36', 'Chrome 140'],
    ['Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Mobile/15E148 Safari/604.1', 'Safari 12'],
    ['', 'unknown'],
  ])('%s is %s', (userAgent, browser) => {
    expect(browserOf(userAgent)).toBe(browser)
  })
})
