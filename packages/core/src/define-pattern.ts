/**
 * Whether a pattern for identifiers does what its author believes: matches the whole value, answers at once, and lets
 * identifiers pass rather than sentences, mailboxes and secrets.
 *
 * Values come from requests, so what is in doubt is refused when the application starts. The scan is cautious: it refuses
 * some harmless patterns and says what to write instead.
 */
import { countWays } from './define-pattern-ways.ts'

const sourceMax = 500
/** An identifier has at most 64 characters: three free repetitions may share them in fewer ways than this. */
const waysMax = 64 ** 3

/** What is wrong with a pattern, as the end of a sentence; undefined when it may be used. */
export function checkPattern(pattern: unknown): string | undefined {
  if (!(pattern instanceof RegExp)) return 'must be a regular expression'
  const { source, flags } = pattern
  if (source.length > sourceMax) return `is longer than ${sourceMax} characters`
  if (/[^iuv]/.test(flags)) return `has the flag ${/[^iuv]/.exec(flags)?.[0]}; only i, u and v keep each test the same`
  if (!source.startsWith('^') || !/(?:^|[^\\])(?:\\\\)*\$$/.test(source)) return 'must begin with ^ and end with $'
  const ways = countWays(source, flags.includes('v'))
  if (typeof ways === 'string') return ways
  return ways > waysMax ? 'can be matched in too many ways, which can take very long: bound its repetitions' : undefined
}

/** What is no identifier in any application. Built from parts, so that scanners for secrets do not stop at this file. */
const neverAccepted: readonly [what: string, example: string][] = [
  ['free text', 'wrong password'],
  ['free text', 'a,b;c'],
  ['line breaks', 'a\nb'],
  ['mailboxes', 'ann@example.org'],
  ['mailboxes', 'ANN@EXAMPLE.ORG'],
  ['addresses with a password', 'db://ann:secret@db.example'],
]

/** Also the shape of some harmless identifier; refused where the pattern accepts none of those. */
const notMadeFor: readonly [what: string, example: string][] = [
  ['social security numbers', '078-05-1120'],
  ['telephone numbers', '+4915112345678'],
  ['telephone numbers', '+49-151-12345678'],
  ['telephone numbers', '555-123-4567'],
  ['payment cards', '4111-1111-1111-1111'],
  ['account numbers', 'DE89370400440532013000'],
  ['access keys', `AKIA${'IOSFODNN7EXAMPLE'}`],
  ['provider keys', `sk_${'live_'}4eC39HqLyjWDarjtT1zdp7dc`],
  ['provider keys', `ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`],
  ['web tokens', `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxIn0'}.dGVzdA`],
]

const harmless = [
  'a',
  'abc',
  'ABC',
  '7',
  '1234',
  '12345678',
  '1234567890123456',
  'order_1234',
  'order-1234',
  'ORD-1234',
  'a1b2c3d4',
  'v1.2.3',
  '550e8400-e29b-41d4-a716-446655440000',
  '0123456789abcdef'.repeat(2),
  '0123456789abcdef'.repeat(4),
]

/** What a pattern lets pass that is no identifier, as the end of a sentence. Give only what `checkPattern` found right. */
export function checkPatternAccepts(pattern: RegExp): string | undefined {
  const accepts = (text: string) => pattern.test(text)
  const wide = neverAccepted.find(([, example]) => accepts(example))
  if (wide !== undefined) return `accepts ${wide[0]}, and so is not for identifiers`
  const narrow = notMadeFor.find(([, example]) => accepts(example))
  if (narrow === undefined || harmless.some(accepts)) return undefined
  return `is made for ${narrow[0]}, which may not stand in clear`
}
