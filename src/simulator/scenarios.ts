import { crowds } from './crowds.ts'
import { meshTroubles } from './meshTroubles.ts'
import { troubles } from './troubles.ts'

export const scenarios = { ...crowds, ...troubles, ...meshTroubles } as const

export type ScenarioName = keyof typeof scenarios
