/** What every command needs first on a fresh clone. Plain JavaScript without packages: none are installed yet. */
import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const rootFolder = dirname(dirname(fileURLToPath(import.meta.url)))

const inRoot = (/** @type {string[]} */ ...path) => join(rootFolder, ...path)

/**
 * Runs a command in the repository, its output shown, and answers its exit code; 127 if it cannot be started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to our own
 * @returns {Promise<number>}
 */
export function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const stdio = /** @type {const} */ ('inherit')
    // On Windows npm is a batch file, which only a shell runs.
    const shell = process.platform === 'win32' && command === 'npm'
    const child = spawn(command, args, { cwd: rootFolder, stdio, shell, env: { ...process.env, ...env } })
    child.once('error', (error) => {
      console.error(`${command} cannot be started: ${error.message}`)
      resolve(127)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
}

/**
 * Runs a script of package.json, the one place that says how each tool is called.
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
export const runScript = (script, args = [], env = {}) =>
  runNpm(['run', '--silent', script, '--', ...args], env)

/**
 * Runs the npm that runs us, else the one in the PATH.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function runNpm(args, env) {
  const npm = process.env['npm_execpath']
  return npm === undefined ? run('npm', args, env) : run(process.execPath, [npm, ...args], env)
}

/**
 * Installs exactly what package-lock.json says if that has not been done since it last changed.
 * @returns {Promise<boolean>} whether everything is installed
 */
export async function installIfNeeded() {
  const installed = modifiedMs(inRoot('node_modules', '.package-lock.json'))
  if (installed >= modifiedMs(inRoot('package-lock.json'))) return true
  console.log('Installing the packages (npm ci) …')
  return (await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])) === 0
}

/** Whether the built page is older than what it is made from. */
export function buildIsStale() {
  const sources = [
    'src',
    'public',
    'index.html',
    'vite.config.ts',
    'scripts/build',
    'scripts/server/securityHeaders.ts',
    'package-lock.json',
  ]
  const newestSourceMs = Math.max(...sources.map((source) => newestMs(inRoot(source))))
  return modifiedMs(inRoot('dist', 'index.html')) < newestSourceMs
}

/** @returns {Promise<boolean>} whether dist/ was built */
export async function build() {
  return (await runScript('build', ['--logLevel', 'warn'])) === 0
}

/**
 * When a file or folder was last changed, in milliseconds; 0 if there is none.
 * @param {string} path
 */
function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/**
 * The newest change in a file, or in a folder and all below it.
 * @param {string} path
 * @returns {number}
 */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}
