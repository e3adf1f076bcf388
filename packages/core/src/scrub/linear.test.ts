import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { work } from './linear-work.ts'
import { classifyName } from './names.ts'
import type { Opening } from './scrubber.ts'
import { scrubText } from './text.ts'

/** The sources of the rules for texts and of what is said of errors, without their tests. */
const files = ['.', '../fault'].flatMap((folder) => {
  const directory = fileURLToPath(new URL(folder, import.meta.url))
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.') && !name.includes('.type-test.'))
    .map((name) => ({ name, source: readFileSync(`${directory}/${name}`, 'utf8') }))
})

/** Regular expressions as they stand in a source: behind a mark after which no division can stand. */
const literal =
  /(?<=[(=:,[!&|?{};\n]\s{0,200}|=> ?|return )\/(?![*/\s])((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/g

const expressions = files.flatMap(({ name, source }) =>
  [...source.matchAll(literal)].map((match) => ({ name, pattern: match[1] ?? '', flags: match[2] ?? '' })),
)

/** What repeats without bound: `+`, `*`, `{n,}`, behind a class, a group or a character. */
function unboundedWithinUnbounded(pattern: string): boolean {
  const stack: { unbounded: boolean }[] = [{ unbounded: false }]
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]
    if (character === '\\') i += 1
    else if (character === '[') {
      while (i < pattern.length && pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1
    } else if (character === '(') stack.push({ unbounded: false })
    else if (character === ')') {
      const group = stack.pop()
      const repeated = /^(?:[*+]|\{\d+,\})/.test(pattern.slice(i + 1))
      if (repeated && group?.unbounded) return true
      const outer = stack.at(-1)
      if (outer && (repeated || group?.unbounded)) outer.unbounded = true
    }
    if (/^(?:[*+]|\{\d+,\})/.test(pattern.slice(i)) && character !== '(' && character !== ')') {
      const top = stack.at(-1)
      if (top) top.unbounded = true
    }
  }
  return false
}

/** `a+a*`: two that repeat without bound side by side, over the same characters. */
const adjacent = /(\\[wWsSdD]|\.|\[[^\]]{1,80}\])(?:[*+]|\{\d+,\})\??\1(?:[*+]|\{\d+,\})/

describe('regular expressions', () => {
  test('are found where they are written', () => {
    expect(expressions.length).toBeGreaterThan(120)
  })

  test.each(expressions)('$name: /$pattern/$flags repeats nothing that repeats', ({ pattern, flags }) => {
    expect(unboundedWithinUnbounded(pattern)).toBe(false)
    expect(adjacent.test(pattern)).toBe(false)
    expect(flags).toMatch(/^[giuvy]*$/)
    expect(flags.includes('g') && flags.includes('y')).toBe(false)
  })

  test('of other shapes are refused by the same rule', () => {
    for (const bad of ['(a+)+', '(?:\\w+\\s*)*', '(a|b*)+c']) expect(unboundedWithinUnbounded(bad)).toBe(true)
    for (const good of ['(?:a{1,9})+', 'a+b+', '[a+]*', '(?:[^"\\\\]|\\\\.)*'])
      expect(unboundedWithinUnbounded(good)).toBe(false)
    expect(adjacent.test('\\d+\\d*')).toBe(true)
  })
})

const opening: Opening = {
  depth: 0,
  classify: classifyName,
  value: (parsed) => parsed,
  hosts: new Set(),
  queryNames: new Set(),
  removed: () => undefined,
}

const hostile: Record<string, (size: number) => string> = Object.fromEntries(
  [
    '4',
    '@',
    'a@',
    'a@b.',
    '%25',
    '{',
    '{"',
    '"\\',
    'eyJ',
    ' ',
    '://',
    'QWxpY2UgU21pdGg',
    '[',
    'AKIA',
    'k=v ',
    'password=',
    'password: a ',
    '<a ',
    '<a>',
    'a=b&',
    'SELECT ',
    '-----BEGIN ',
    '-----END ',
    'Bearer ',
    '$2a$',
    '1-',
    '1.',
    'a:',
    '0123456789abcdef',
    '"',
    "'",
    '\\',
    '\n',
    'a:\n ',
    '\\u0041',
    '\uff14',
    '\u200b',
    '\u0001',
    'http://a/',
    '/a?b=',
    '/',
    'password is ',
    '--password ',
    'Key (a)=(',
    '" is not valid JSON',
    'Unexpected token ',
    'a=&',
    'DE89 ',
    '1,',
    'aa:',
    '&#64;',
    'cookie: a=b; ',
    '(',
    '1.23,',
    'Aa ',
    '<a b="',
    '<a><b>x</b>',
    'a,b\n',
    '$$',
    'name=key&',
    '550e8400-e29b-41d4-a716-446655440000',
  ].map((piece) => [
    JSON.stringify(piece),
    (size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size),
  ]),
)

describe('work', () => {
  const counted = (text: string): number => {
    work.characters = 0
    scrubText(text, 'free', opening)
    return work.characters
  }

  test.each(Object.keys(hostile))('on %s grows no faster than the text', (name) => {
    const make = hostile[name]
    if (make === undefined) throw new Error('no such text')
    const [half, whole] = [counted(make(30_000)), counted(make(60_000))]
    expect(whole).toBeLessThanOrEqual(half * 2.5 + 60_000)
    expect(whole / 60_000).toBeLessThan(300)
  })

  test('beyond 64 KiB does not grow at all', () => {
    for (const make of Object.values(hostile))
      expect(counted(make(1_000_000))).toBeLessThanOrEqual(counted(make(65_536)) * 1.2 + 1_000_000)
  })
})
