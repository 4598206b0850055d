import { it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { zipStream } from './zip.ts'
it('70k', async () => {
  const entries = Array.from({ length: 70000 }, (_, i) => ({ path: `d${i % 100}/f${i}`, sizeBytes: 1, modifiedMs: 1.7e12 }))
  const z = zipStream({ name: 'many', kind: 'folder', entries, blob: async () => ({ ok: true, value: new Blob(['x']) }) })
  const b = Buffer.from(await new Response(z.stream).arrayBuffer()); console.log(b.length, z.sizeBytes); writeFileSync('/tmp/store/70k.zip', b)
}, 60000)
