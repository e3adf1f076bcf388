/**
 * From arguments to an exit code: finds the command, runs it, and turns every way to fail into one line on stderr.
 */
import { parseArguments } from './arguments.ts'
import type { Command } from './command.ts'
import { anchorCommand } from './commands/anchor.ts'
import { coverageCommand } from './commands/coverage.ts'
import { doctor } from './commands/doctor.ts'
import { keysCommand } from './commands/keys.ts'
import { proveCommand } from './commands/prove.ts'
import { queryCommand } from './commands/query.ts'
import { revealCommand } from './commands/reveal.ts'
import { scrubCommand } from './commands/scrub.ts'
import { sealCommand } from './commands/seal.ts'
import { tail } from './commands/tail.ts'
import { timelineCommand } from './commands/timeline.ts'
import { verifyCommand } from './commands/verify.ts'
import { witnessCommand } from './commands/witness.ts'
import { CliError, type ExitCode, exitCodes, usageError } from './errors.ts'
import { helpFor, overview } from './help.ts'
import { nearest } from './nearest.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export const commands: readonly Command[] = [
  verifyCommand,
  proveCommand,
  tail,
  queryCommand,
  timelineCommand,
  revealCommand,
  doctor,
  coverageCommand,
  keysCommand,
  anchorCommand,
  sealCommand,
  scrubCommand,
  witnessCommand,
]

/** Runs one command line and answers with its exit code. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      const [topic] = rest
      const text = name === 'help' && topic !== undefined ? helpFor(find(topic)) : overview(commands)
      if (name !== undefined) {
        await terminal.out.write(text)
        return exitCodes.ok
      }
      terminal.note(text)
      return exitCodes.usage
    }
    if (name === '--version' || name === '-v') {
      await terminal.out.write(`${version()}\n`)
      return exitCodes.ok
    }
    const command = find(name)
    const invocation = parseArguments(command, rest)
    if (invocation.flag('help')) {
      await terminal.out.write(helpFor(command))
      return exitCodes.ok
    }
    return await command.run(invocation, terminal)
  } catch (error) {
    return failed(error, name ?? '', terminal)
  }
}

function find(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command !== undefined) return command
  const names = commands.map((candidate) => candidate.name)
  const meant = nearest(name, names)
  const hint = meant ? `did you mean ${meant}?` : `there are ${names.join(', ')}`
  throw usageError(`unknown command ${printable(JSON.stringify(name.slice(0, 60)))}; ${hint}`)
}

function failed(error: unknown, name: string, terminal: Terminal): ExitCode {
  if (terminal.readerGone()) return exitCodes.ok
  const code = codeOf(error)
  const text = error instanceof Error ? error.message : String(error)
  terminal.note(`trailmark: ${printable(text)}${code ? ` (${code})` : ''}`)
  if (error instanceof CliError && error.code === 'CLI_USAGE') {
    const known = commands.some((command) => command.name === name)
    terminal.note(known ? `See trailmark ${name} --help.` : 'See trailmark --help.')
    return exitCodes.usage
  }
  // A filter that cannot be is a wrong call as well; the package that knows it names the member.
  return code === 'QUERY_FILTER_INVALID' ? exitCodes.usage : exitCodes.failure
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
