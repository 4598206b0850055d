/** Finds the browsers that the tests drive, or installs them. */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { rootFolder, run } from './setup.mjs'

/** @typedef {'chromium' | 'firefox'} BrowserKind */

/** Where a system keeps its browsers, besides the PATH. */
const knownPlaces = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    paths: [
      '/usr/bin/chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ],
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    commands: ['firefox-esr', 'firefox'],
    paths: [
      '/usr/bin/firefox-esr',
      '/Applications/Firefox.app/Contents/MacOS/firefox',
      'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
    ],
  },
}

/** Browsers we download ourselves: kept with the other caches, gone with node_modules. */
const downloadFolder = join(rootFolder, 'node_modules', '.cache', 'browsers')

/**
 * The path of an installed browser: from its variable (`CHROMIUM_PATH`, `FIREFOX_PATH`), the PATH, the usual places, or
 * our own downloads. Null if there is none.
 * @param {BrowserKind} kind
 * @returns {Promise<string | null>}
 */
export async function findBrowser(kind) {
  const { variable, commands, paths } = knownPlaces[kind]
  const named = process.env[variable]
  if (named !== undefined && named !== '') return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const inPath = commands.flatMap((command) => folders.map((folder) => join(folder, command)))
  return [...inPath, ...paths].find((path) => existsSync(path)) ?? (await findDownloaded(kind))
}

/**
 * @param {BrowserKind} kind
 * @returns {Promise<string | null>}
 */
async function findDownloaded(kind) {
  if (kind === 'chromium') {
    const { chromium } = await import('@playwright/test')
    return existsSync(chromium.executablePath()) ? chromium.executablePath() : null
  }
  const { getInstalledBrowsers } = await import('@puppeteer/browsers')
  const [firefox] = await getInstalledBrowsers({ cacheDir: downloadFolder })
  return firefox?.executablePath ?? null
}

/**
 * Installs whichever browser is missing.
 * @returns {Promise<boolean>} whether both are there
 */
export async function ensureBrowsers() {
  if ((await missingBrowsers()).length === 0) return true
  if (isRoot() && isDebian()) await installFromDebian()
  for (const kind of await missingBrowsers()) await downloadBrowser(kind)
  return (await missingBrowsers()).length === 0
}

/** @returns {Promise<BrowserKind[]>} */
async function missingBrowsers() {
  const kinds = /** @type {const} */ (['chromium', 'firefox'])
  const found = await Promise.all(kinds.map(findBrowser))
  return kinds.filter((_, at) => found[at] === null)
}

/** Ubuntu's packages of these names are stubs for snap, which containers lack; so only Debian itself counts. */
function isDebian() {
  const release = '/etc/os-release'
  return existsSync(release) && /^ID=debian$/m.test(readFileSync(release, 'utf8'))
}

export const isRoot = () => process.getuid?.() === 0

async function installFromDebian() {
  console.log('Installing chromium and firefox-esr from Debian …')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const packages = ['chromium', 'firefox-esr']
  if ((await run('apt-get', ['update', '-q'], env)) !== 0) return
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], env)
}

/** @param {BrowserKind} kind */
async function downloadBrowser(kind) {
  console.log(`Downloading ${kind} …`)
  if (kind === 'chromium') {
    const withSystemPackages = isRoot() && process.platform === 'linux' ? ['--with-deps'] : []
    const args = ['install', ...withSystemPackages, 'chromium']
    await runPackage('@playwright/test/cli.js', args)
  } else {
    // Mozilla's own build: Playwright's is patched and does not speak to Puppeteer.
    const args = ['install', 'firefox@stable', '--path', downloadFolder]
    await runPackage('@puppeteer/browsers/lib/cjs/main-cli.js', args)
  }
}

/**
 * @param {string} script path inside node_modules
 * @param {readonly string[]} args
 */
const runPackage = (script, args) =>
  run(process.execPath, [join(rootFolder, 'node_modules', script), ...args])
