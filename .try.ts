import { chromium } from '@playwright/test'
const b = await chromium.launch({executablePath:'/usr/bin/chromium', args:['--no-sandbox','--disable-quic','--disable-background-networking','--disable-component-update','--disable-sync','--no-first-run','--disable-features=WebRtcHideLocalIpsWithMdns']})
const open = async (u:string)=>{const c=await b.newContext({acceptDownloads:true});const p=await c.newPage();p.on('console',m=>console.log('  console',m.type(),m.text().slice(0,300)));p.on('pageerror',e=>console.log('  pageerror',e.message, e.stack?.slice(0,400)));await p.goto(u);return p}
const base=process.argv[2]??'http://localhost:4199/'
const a = await open(base)
await a.waitForSelector('[data-testid=room-link]',{state:'attached'})
const link = await a.inputValue('[data-testid=room-link]'); console.log(link)
const t0=Date.now()
const c = await open(link)
await c.waitForSelector('[data-testid=peer][data-state=direct]',{timeout:15000}).catch(e=>console.log('no peer', e.message.slice(0,100)))
console.log('peer seen ms', Date.now()-t0)
await a.setInputFiles('[data-testid=file-input]', {name:'hello.bin', mimeType:'application/octet-stream', buffer: Buffer.alloc(20_000_000, 7)})
await c.waitForSelector('[data-testid=share]',{timeout:8000}).catch(()=>console.log('no share'))
const t1=Date.now()
await c.click('[data-testid=download]').catch(()=>{})
await c.waitForSelector('[data-testid=share][data-state=complete]',{timeout:20000}).catch(()=>console.log('not complete'))
console.log('download ms', Date.now()-t1)
const dl = c.waitForEvent('download',{timeout:10000}); await c.click('[data-testid=save]').catch(()=>{}); const d=await dl.catch(()=>null); if(d){const p=await d.path(); const fs=await import('node:fs'); const x=fs.readFileSync(p!); console.log('saved', d.suggestedFilename(), x.length, x.every((v:number)=>v===7))}
await a.screenshot({path:'/tmp/a.png'}); await c.screenshot({path:'/tmp/c.png'})
await b.close()
