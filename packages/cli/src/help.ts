/** The help texts, made from what the commands say of themselves. */
import { type Command, commonOptions, type OptionTable } from './command.ts'

export function helpFor(command: Command): string {
  return [
    `${command.summary}`,
    '',
    `Usage: ${command.usage}`,
    '',
    'Options:',
    optionLines({ ...command.options, ...commonOptions }),
    '',
    'Example:',
    indent(command.example),
    '',
    'Exit codes: 0 ok, 1 a finding, 2 wrong usage, 3 could not do it.',
    '',
  ].join('\n')
}

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'trailmark: verify, follow, query and read an audit trail.',
    '',
    'Usage: trailmark <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'The trail is read from TRAILMARK_DIR, else ./.trailmark; keys from TRAILMARK_KEYS_DIR, else ./.trailmark-keys.',
    'trailmark <command> --help shows options and an example.',
    '',
  ].join('\n')
}

function optionLines(options: OptionTable): string {
  const rows = Object.entries(options).map(([name, { short, value, help, multiple }]) => ({
    left: `  ${short ? `-${short}, ` : ''}--${name}${value ? ` <${value}>` : ''}`,
    right: `${help}${multiple ? ' (may be repeated)' : ''}`,
  }))
  const width = Math.max(...rows.map(({ left }) => left.length))
  return rows.map(({ left, right }) => `${left.padEnd(width)}  ${right}`).join('\n')
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}
