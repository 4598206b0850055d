import { readdirSync, readFileSync } from 'node:fs'
import type { BrowserContext } from '@playwright/test'

/** Of a second: the unit of times in /proc (USER_HZ, the same on every Linux). */
const ticksPerSecond = 100

/** Seconds of CPU that a browser, all its processes and those that ended have used so far. Null where /proc is missing. */
export async function browserCpuSeconds(context: BrowserContext): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const root = await browserProcessId(context)
  return root === null ? null : treeCpuSeconds(root)
}

async function browserProcessId(context: BrowserContext): Promise<number | null> {
  const browser = context.browser()
  if (browser === null) return null
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  await devtools.detach()
  return processInfo.find(({ type }) => type === 'browser')?.id ?? null
}

interface ProcessTimes {
  readonly parentId: number
  readonly ticks: number
}

function treeCpuSeconds(root: number): number {
  const processes = allProcesses()
  const isBelow = (id: number): boolean => {
    if (id === root) return true
    const parentId = processes.get(id)?.parentId
    return parentId !== undefined && parentId > 1 && isBelow(parentId)
  }
  const ticks = [...processes].filter(([id]) => isBelow(id)).map(([, times]) => times.ticks)
  return ticks.reduce((sum, one) => sum + one, 0) / ticksPerSecond
}

function allProcesses(): Map<number, ProcessTimes> {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return new Map(
    ids.flatMap((id) => {
      const times = timesOf(id)
      return times === null ? [] : [[Number(id), times] as const]
    }),
  )
}

/** proc_pid_stat(5): after the name in brackets come state, parent, … and utime, stime, cutime, cstime as 12th to 15th. */
function timesOf(id: string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0)
    return { parentId: fields[1] ?? 0, ticks }
  } catch {
    return null
  }
}
