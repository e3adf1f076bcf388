import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fromSources, repository } from '../process/repository.ts'

/** What a program of `measured/` found out: one JSON object of numbers, the last line it prints. */
export type Figures = Readonly<Record<string, number>>

export interface ChildOptions {
  /** Against what is published of the packages, as users have it, instead of the sources. */
  readonly built?: boolean
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program of `measured/` in a process of its own, which has warmed nothing up and shares no memory with anybody. */
export async function measureInChild(
  program: string,
  args: readonly string[],
  { built = false, flags = [], env = {} }: ChildOptions = {},
): Promise<Figures> {
  const file = fileURLToPath(new URL(`./measured/${program}.ts`, import.meta.url))
  const conditions = built ? [] : [fromSources]
  const { stdout } = await promisify(execFile)(process.execPath, [...conditions, ...flags, file, ...args], {
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', ...env },
    maxBuffer: 2 ** 26,
  })
  const figures: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  if (!isFigures(figures)) throw new Error(`${program} ${args.join(' ')}: no figures in ${stdout.slice(-300)}`)
  return figures
}

/** One figure that the program must have printed. */
export function figure(figures: Figures, name: string): number {
  const value = figures[name]
  if (value === undefined) throw new Error(`no figure ${name} among ${Object.keys(figures).join(', ')}`)
  return value
}

let isBuilt = false

/** Makes of every package what is published of it, once in a run. */
export function build(): void {
  if (isBuilt) return
  execFileSync(process.execPath, [join(repository, 'release/main.ts'), 'all'], { cwd: repository, stdio: 'inherit' })
  isBuilt = true
}

function isFigures(value: unknown): value is Figures {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'number')
}
