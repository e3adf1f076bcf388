/**
 * The command line in, an invocation or a usage error out: unknown options are named together with the likely one meant.
 */
import { parseArgs } from 'node:util'
import { type Command, commonOptions, type Invocation, type OptionTable } from './command.ts'
import { usageError } from './errors.ts'
import { nearest } from './nearest.ts'
import { printable } from './printable.ts'

/** Reads the arguments of a command. Throws CLI_USAGE. */
export function parseArguments(command: Command, args: readonly string[]): Invocation {
  const options: OptionTable = { ...command.options, ...commonOptions }
  refuseUnknown(command.name, options, args)
  const { values, positionals } = parseStrictly(command.name, options, args)
  if (positionals.length > command.positionals.length) {
    const surplus = positionals[command.positionals.length] ?? ''
    throw usageError(`${command.name}: unexpected argument ${quote(surplus)}`)
  }
  const texts = (name: string) => {
    const value = values[name]
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
  }
  return {
    texts,
    text: (name) => texts(name).at(-1),
    flag: (name) => values[name] === true,
    positionals,
  }
}

function refuseUnknown(command: string, options: OptionTable, args: readonly string[]): void {
  // A value that looks like an option is judged by the strict pass; here only names matter.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true, allowPositionals: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue
    if (token.rawName.startsWith('--')) {
      const meant = nearest(token.name, Object.keys(options))
      throw usageError(`${command}: unknown option ${quote(token.rawName)}${meant ? `; did you mean --${meant}?` : ''}`)
    }
    if (!Object.values(options).some(({ short }) => short === token.name))
      throw usageError(`${command}: unknown option ${quote(token.rawName)}`)
  }
}

function parseStrictly(command: string, options: OptionTable, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    // Node's sentence names option and fault; only its first line fits here.
    const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'not understood'
    throw usageError(`${command}: ${printable(message)}`)
  }
}

function quote(text: string): string {
  return printable(JSON.stringify(text.slice(0, 60)))
}
