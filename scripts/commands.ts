import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Whether a command of this name is in the PATH. */
export function isInstalled(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => existsSync(join(folder, command)))
}

/** Those of these commands that are missing, in words; null where all are there. */
export function whatIsMissing(...commands: readonly string[]): string | null {
  const missing = commands.filter((command) => !isInstalled(command))
  return missing.length === 0 ? null : `${missing.join(' and ')} must be installed`
}
