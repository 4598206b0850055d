import { Browsers } from '/work/main/bench/browsers.ts'
import { openRoomOf, offerHashed, takeSeconds } from '/work/main/bench/app.ts'
import { startPageServer, attributesOf, shareNamed } from '/work/main/e2e/room.ts'
import { writeSampleFile } from '/work/main/e2e/files.ts'
const size = Number(process.argv[2] ?? 60)*1e6
const server = await startPageServer({distFolder:'/tmp/dist-lead'}); const browsers = new Browsers()
const address = `http://localhost:${server.port}/`
await writeSampleFile('/tmp/prof.bin', size)
for (let i=0;i<Number(process.argv[3]??5);i++){
const [a,b]=await openRoomOf(2,browsers,address)
await offerHashed(a,'/tmp/prof.bin','prof.bin')
const done = takeSeconds([b],'prof.bin').then(t=>(size/1e6/t).toFixed(1))
const r = await Promise.race([done, new Promise(r=>setTimeout(()=>r('STUCK'),60000))])
console.log(i, r, JSON.stringify(await attributesOf(shareNamed(b,'prof.bin'))))
if(r==='STUCK'){ for(const p of [a,b]) console.log(await p.evaluate(()=>document.body.innerText)); process.exit(1)}
await browsers.close()
}
await server.close()
