/*
 * Real browsers in a room for a long time, to whom everything happens that can: npm run soak -- --minutes 30 [--seed S] [--members N]
 * [--settle SECONDS]. Within that time after the last fault all must be as it must: a member that is gone is forgotten after two minutes, and a
 * busy machine takes its time. The plan follows from the seed; what must hold at its end is in settled.ts. The exit code is 1 when anything failed.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { build, buildIsStale, rootFolder } from '../../scripts/setup.mjs'
import { openBrokerApart, type BrokerApart } from '../brokerApart.ts'
import { Journal } from './journal.ts'
import { Member } from './member.ts'
import { planOf } from './plan.ts'
import { report } from './report.ts'
import { Samples } from './samples.ts'
import { leftBehind, unsettled } from './settled.ts'
import { keptBy } from './sight.ts'
import type { Step } from './steps.ts'
import { Watcher } from './watcher.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    members: { type: 'string', default: '4' },
    settle: { type: 'string', default: '240' },
  },
})

const names = ['Ada', 'Ben', 'Cem', 'Dot', 'Eve', 'Fay', 'Gus', 'Ida', 'Jon', 'Kim', 'Lou', 'Mia', 'Nil']
const lookEveryMs = 2000
/** What mends links, or breaks them. */
const disturbing = new Set(['come', 'go', 'crash', 'kill', 'reload', 'wake', 'cutLinks'])

process.exit(await soak())

async function soak(): Promise<number> {
  const [minutes, seed, membersMax] = [Number(values.minutes), Number(values.seed), Number(values.members)]
  if (!(minutes > 0) || !Number.isInteger(seed) || !(membersMax >= 3 && membersMax < names.length)) {
    console.error(`--minutes is above 0, --seed a whole number, --members from 3 to ${names.length - 1}.`)
    return 2
  }
  if (buildIsStale() && !(await build())) return 1
  console.log(`seed ${seed}`)
  const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-soak-'))
  const broker = await openBrokerApart()
  const journal = new Journal()
  const samples = new Samples(join(folder, 'dropped'))
  const link = `${broker.pageAddress}?debug#${randomBytes(16).toString('base64url')}`
  const members = names
    .slice(0, membersMax + 1)
    .map((name) => new Member({ name, folder, link, journal, samples }))
  const watcher = new Watcher(members, journal)
  let isInterrupted = false
  process.once('SIGINT', () => (isInterrupted = true))
  try {
    const plan = planOf({ seed, durationMs: minutes * 60_000, membersMax })
    await play(plan, { broker, journal, members, watcher, isOver: () => isInterrupted })
    const settledSeconds = await settle(members, journal, Number(values.settle) * 1000)
    await saveAll(members, journal)
    await findLeftovers(members, journal)
    await watcher.stop()
    const results = join(rootFolder, 'e2e', 'results', `soak-${seed}`)
    const failed = await report({
      seed,
      minutes,
      folder: results,
      journal,
      members,
      watcher,
      settledSeconds,
    })
    return failed ? 1 : 0
  } finally {
    await watcher.stop()
    for (const member of members) {
      await member.do({ kind: 'wake' })
      await member.browser.close()
    }
    await broker.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Stage {
  readonly broker: BrokerApart
  readonly journal: Journal
  readonly members: readonly Member[]
  readonly watcher: Watcher
  readonly isOver: () => boolean
}

/** Each step when it is due; what one member takes long over keeps no other waiting. */
async function play(plan: readonly Step[], stage: Stage): Promise<void> {
  const { journal, isOver } = stage
  const deeds: Promise<void>[] = []
  for (const step of plan) {
    const waitMs = step.atMs - journal.nowMs()
    if (waitMs > 0) await pause(waitMs)
    if (isOver()) break
    deeds.push(take(step, stage))
  }
  await Promise.all(deeds)
}

async function take(step: Step, { broker, journal, members, watcher }: Stage): Promise<void> {
  if ('broker' in step) {
    await broker[step.broker]()
    journal.note('broker', step.broker === 'stop' ? 'stops' : 'starts, and remembers nobody')
    return
  }
  const { deed, member } = step
  await members[member]?.do(deed)
  if (disturbing.has(deed.kind)) watcher.disturbed(deed.kind)
}

/** The seconds until everything is as it must be; null where it is not in time, which is a fault. */
async function settle(
  members: readonly Member[],
  journal: Journal,
  settleMaxMs: number,
): Promise<number | null> {
  const startedMs = journal.nowMs()
  journal.note('', 'from here on nothing happens any more')
  for (;;) {
    const present = members.filter(({ isHere }) => isHere)
    const troubles = unsettled(
      await Promise.all(
        present.map(async (member) => {
          const { name, asked, given } = member
          return { name, asked, given, sight: await member.look() }
        }),
      ),
    )
    if (troubles.length === 0) return (journal.nowMs() - startedMs) / 1000
    if (journal.nowMs() - startedMs > settleMaxMs) {
      for (const trouble of troubles) journal.fault('at end', trouble)
      return null
    }
    for (const member of present) await member.do({ kind: 'tend' })
    for (const member of present) await member.resumeAll()
    await pause(lookEveryMs)
  }
}

/** Of what is complete, what was not saved yet by whoever asked for it. */
async function saveAll(members: readonly Member[], journal: Journal): Promise<void> {
  for (const member of members) {
    const sight = await member.look()
    for (const { shareId, name, state } of sight?.shares ?? []) {
      if (!member.asked.has(shareId) || state !== 'complete' || member.saved.has(name)) continue
      await member
        .save(shareId)
        .catch((error: unknown) => journal.fault(member.name, `cannot save ${name}: ${String(error)}`))
    }
    await member.savingsDone()
    for (const { name, state, shareId } of sight?.shares ?? [])
      if (member.asked.has(shareId) && state === 'complete' && !member.saved.has(name))
        journal.fault(member.name, `${name} is complete, and was not saved`)
  }
}

async function findLeftovers(members: readonly Member[], journal: Journal): Promise<void> {
  for (const member of members) {
    const { open } = member.browser
    const sight = await member.look()
    if (open === null || sight === null) continue
    for (const left of leftBehind(await keptBy(open.page), sight)) journal.fault(member.name, left)
  }
}
