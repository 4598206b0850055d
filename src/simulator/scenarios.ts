import { crowds } from './crowds.ts'
import { inRoom } from './inRoom.ts'
import { meshTroubles } from './meshTroubles.ts'
import { troubles } from './troubles.ts'

export const scenarios = { ...crowds, ...troubles, ...meshTroubles, ...inRoom } as const

export type ScenarioName = keyof typeof scenarios
