import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.ts'
import { loadCommands } from './commands.ts'
import { codes } from './errors.ts'

const page = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8')

/** The words of a command line, up to the first pipe; quotes only as this page uses them. */
function words(line: string): string[] {
  const [first = ''] = line.split(' | ')
  return (first.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''))
}

const shown = [...page.matchAll(/^ {4}\$ (trailmark .*)$/gm)].map(([, line = '']) => line)
const mentioned = [...page.matchAll(/`trailmark ([a-z]+)[^`]*`/g)].map(([, name = '']) => name)
const commands = await loadCommands()
const examples = commands.map(({ example }) => example.split('\n', 1)[0] ?? '')

describe('docs/cli.md', () => {
  it.each([...shown, ...examples])('%s can be typed', (line) => {
    const [program, name, ...args] = words(line)
    const command = commands.find((candidate) => candidate.name === name)
    expect(program).toBe('trailmark')
    if (command === undefined) throw new Error(`no command ${name}`)
    expect(parseArguments(command, args).flag('help')).toBe(false)
  })

  it('has a section with an example for every command, and for no other', () => {
    const sections = [...page.matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name)
    const names = commands.map(({ name }) => name)
    expect(sections.toSorted()).toEqual(names.toSorted())
    for (const name of names) expect(shown.some((line) => line.startsWith(`trailmark ${name}`))).toBe(true)
    for (const name of mentioned) expect(names).toContain(name)
  })

  it('names every option somewhere in help or page', () => {
    const filters = [...page.matchAll(/`--([a-z-]+)/g)].map(([, name = '']) => name)
    const known = new Set(commands.flatMap(({ options }) => Object.keys(options)).concat('json', 'help'))
    for (const name of filters) expect([...known]).toContain(name)
  })

  it('lists the codes of the command line', () => {
    for (const code of Object.keys(codes)) expect(page).toContain(`| \`${code}\` |`)
  })
})
