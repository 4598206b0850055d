import { crowds } from './crowds.ts'
import { troubles } from './troubles.ts'

export const scenarios = { ...crowds, ...troubles } as const

export type ScenarioName = keyof typeof scenarios
