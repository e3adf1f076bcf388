/**
 * From arguments to an exit code: finds the command, runs it, and turns every way to fail into one line on stderr.
 */
import { parseArguments } from './arguments.ts'
import type { Command } from './command.ts'
import { commandNames, loadCommand, loadCommands } from './commands.ts'
import { CliError, type ExitCode, exitCodes, usageError } from './errors.ts'
import { helpFor, overview } from './help.ts'
import { nearest } from './nearest.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** Runs one command line and answers with its exit code. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      const [topic] = rest
      const text = name === 'help' && topic !== undefined ? helpFor(await find(topic)) : overview(await loadCommands())
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
    const command = await find(name)
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

async function find(name: string): Promise<Command> {
  const command = await loadCommand(name)
  if (command !== undefined) return command
  const meant = nearest(name, commandNames)
  const hint = meant ? `did you mean ${meant}?` : `there are ${commandNames.join(', ')}`
  throw usageError(`unknown command ${printable(JSON.stringify(name.slice(0, 60)))}; ${hint}`)
}

function failed(error: unknown, name: string, terminal: Terminal): ExitCode {
  if (terminal.readerGone()) return exitCodes.ok
  const code = codeOf(error)
  const text = error instanceof Error ? error.message : String(error)
  terminal.note(`trailmark: ${printable(text)}${code ? ` (${code})` : ''}`)
  if (error instanceof CliError && error.code === 'CLI_USAGE') {
    const known = commandNames.includes(name)
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
