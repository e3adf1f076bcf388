import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.ts'
import { loadCommands } from './commands.ts'
import { CliError } from './errors.ts'
import { filterFrom } from './filter-options.ts'
import { nearest } from './nearest.ts'

const query = (await loadCommands()).find(({ name }) => name === 'query')
if (query === undefined) throw new Error('no query command')
const parse = (...args: string[]) => parseArguments(query, args)

describe('arguments', () => {
  it('make a filter', () => {
    const invocation = parse(
      '--type',
      'login_*,logout',
      '-t',
      'mfa_*',
      '--outcome=denied',
      '--from',
      '1h',
      '--actor',
      'usr_1',
    )
    expect(filterFrom(invocation, 7_200_000)).toEqual({
      types: ['login_*', 'logout', 'mfa_*'],
      outcome: ['denied'],
      from: 3_600_000,
      actor: 'usr_1',
    })
  })

  it.each<[string[], string]>([
    [['--typ', 'x'], 'did you mean --type?'],
    [['--form', '1d'], 'did you mean --from?'],
    [['--jsno'], 'did you mean --json?'],
    [['--zzzzzz'], 'unknown option "--zzzzzz"'],
    [['-q'], 'unknown option "-q"'],
    [['surplus'], 'unexpected argument "surplus"'],
    [['--type'], "'-t, --type <value>' argument missing"],
    [['--json=yes'], "'--json' does not take an argument"],
  ])('%j is a usage error: %s', (args, message) => {
    expect(() => parse(...args)).toThrow(
      expect.objectContaining({ code: 'CLI_USAGE', message: expect.stringContaining(message) }),
    )
  })

  it('names the outcome that was meant', () => {
    expect(() => filterFrom(parse('--outcome', 'deneid'), 0)).toThrow('did you mean denied?')
  })

  it('end in an invocation or a usage error, whatever they are', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--type',
        '--json',
        '--from',
        '-t',
        '--',
        '-',
        '--help',
        '--outcome',
        'x',
        '',
        '--__proto__',
        '--constructor',
      ),
      fc.string({ maxLength: 100, unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        try {
          filterFrom(parse(...args), 0)
        } catch (error) {
          expect(error).toBeInstanceOf(CliError)
          expect(error).toMatchObject({ code: 'CLI_USAGE' })
        }
      }),
    )
  })
})

describe('the nearest word', () => {
  it.each<[string, string | undefined]>([
    ['verfiy', 'verify'],
    ['tial', 'tail'],
    ['timelin', 'timeline'],
    ['QUERY', 'query'],
    ['qwxyz', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('to %.12j is %j', (word, expected) => {
    expect(nearest(word, ['verify', 'tail', 'query', 'timeline', 'doctor'])).toBe(expected)
  })
})
