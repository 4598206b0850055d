import { describe, expect, test } from 'vitest'
import { cryptoContract, knownSecret, utf8 } from './cryptoContract.ts'
import { nobleCrypto } from './nobleCrypto.ts'
import { openCrypto } from './openCrypto.ts'
import { webCrypto } from './webCrypto.ts'

const implementations = {
  'the browser’s crypto': webCrypto(globalThis.crypto.subtle),
  'the library’s crypto': nobleCrypto(),
}

for (const [name, crypto] of Object.entries(implementations)) {
  describe(name, () => cryptoContract(crypto))
}

describe('openCrypto', () => {
  test('takes the browser’s where there is one and the library’s elsewhere; each opens what the other sealed', async () => {
    const secure = await openCrypto()
    const insecure = await openCrypto(null)
    const rooms = await Promise.all([secure.roomKeys(knownSecret), insecure.roomKeys(knownSecret)])
    for (const sealer of rooms) {
      for (const opener of rooms) {
        expect(await opener.open(await sealer.seal(utf8('hello')))).toEqual(utf8('hello'))
      }
    }
  })
})
