/** What a command is: its words for `--help`, its options, and the work. One file each under `commands/`. */
import type { ExitCode } from './errors.ts'
import type { Terminal } from './terminal.ts'

export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** May be given more than once. */
  readonly multiple?: boolean
  /** What stands for the value in `--help`. */
  readonly value?: string
  /** One sentence, without a full stop. */
  readonly help: string
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

export interface Invocation {
  /** The value of a string option, the last one when it was repeated. */
  text(name: string): string | undefined
  /** Every value of a string option. */
  texts(name: string): readonly string[]
  flag(name: string): boolean
  readonly positionals: readonly string[]
}

export interface Command {
  readonly name: string
  /** One sentence, for the list of commands. */
  readonly summary: string
  readonly usage: string
  /** Names of the positional arguments it takes at most. */
  readonly positionals: readonly string[]
  readonly options: OptionTable
  /** A command line that can be run as it stands, and what it answers. */
  readonly example: string
  run(invocation: Invocation, terminal: Terminal): Promise<ExitCode>
}

/** Options that every command has. */
export const commonOptions: OptionTable = {
  json: { type: 'boolean', help: 'print JSON for machines: one object, or one line each where there are many' },
  help: { type: 'boolean', short: 'h', help: 'print this help' },
}
