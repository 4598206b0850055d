import { execFileSync } from 'node:child_process'

/** Of this process, so that two of them do not disturb each other. */
const spaceOf = (name: string): string => `lab${process.pid}${name}`

/** What the command says. */
function run(command: string): string {
  const [program = '', ...args] = command.split(' ')
  return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
}

/** What a command says that is run there. */
export const runIn = (name: string, command: string): string =>
  run(`ip netns exec ${spaceOf(name)} ${command}`)

/** Network stacks of their own, each with a loopback device. */
export function openNamespaces(names: readonly string[]): void {
  for (const name of names) {
    run(`ip netns add ${spaceOf(name)}`)
    runIn(name, 'ip link set lo up')
  }
}

export function closeNamespaces(names: readonly string[]): void {
  for (const name of names) {
    try {
      run(`ip netns del ${spaceOf(name)}`)
    } catch {
      // It was never made.
    }
  }
}

/** The words that have a command run there. */
export const commandIn = (name: string): readonly string[] => ['ip', 'netns', 'exec', spaceOf(name)]

/** A cable between two, with a device at each end. */
export function cable(from: string, fromDevice: string, to: string, toDevice: string): void {
  const ends = `${fromDevice} netns ${spaceOf(from)} type veth peer name ${toDevice} netns ${spaceOf(to)}`
  run(`ip link add ${ends}`)
  runIn(from, `ip link set ${fromDevice} up`)
  runIn(to, `ip link set ${toDevice} up`)
}
