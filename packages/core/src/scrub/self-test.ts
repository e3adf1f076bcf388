/**
 * The start-up test: planted values through the scrubber as it is configured. One that comes out stops the start, because a
 * service that logs secrets is worse than one that does not run.
 *
 * Twelve values cover every net. Whether the rules of a release hide them does not change from one start to the next, and its
 * tests ask all twelve; what an application may change are its options. So a start asks all of them where an option shows
 * something that is otherwise hidden. Where none does it asks those whose rules are quick to load: names, headers, bytes and
 * wrapped secrets. The rules for texts, errors and URLs, loaded for this alone, would be a third of the time a start takes.
 */
import { AuditError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Scrubber } from './scrubber.ts'
import type { ScrubberOptions } from './scrubber-options.ts'

/** No number, so that no text of ours contains it by chance. */
const planted = 'cAnArY7plAnted'
const mailbox = 'canary.planted@canary.example'
/** Passes the check of ISO/IEC 7812; given to nobody. */
const card = '4000056655665556'
// Built from parts, so that scanners for secrets do not stop at this file.
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJjYW5hcnkifQ', 'Y2FuYXJ5cGxhbnRlZHNpZ25hdHVyZQ'].join('.')

/** What is planted, and the text that must not come out. */
type Canary = readonly [name: string, value: unknown, text: string]

const quick = (): readonly Canary[] => [
  ['password by name', { password: planted }, planted],
  ['nested secret', [[{ client_secret: planted }]], planted],
  ['bearer header', { headers: { authorization: `Bearer ${planted}` } }, planted],
  ['cookie', { headers: { cookie: `sid=${planted}` } }, planted],
  ['bytes', [Buffer.from(planted)], planted],
  ['Secret', [new Secret(planted)], planted],
]

const slow = (): readonly Canary[] => [
  ['e-mail address', { note: `asked by ${mailbox}` }, mailbox],
  ['card', { note: `paid with ${card}` }, card],
  ['web token', { note: `came with ${jwt}` }, jwt],
  ['URL userinfo', { url: `https://ann:${planted}@canary.example/` }, planted],
  ['query token', { url: `/letters?access_token=${planted}` }, planted],
  ['error message', new Error(`no ${planted} here`), planted],
]

/** What `scrubber`, made with `options`, has to be asked at a start. Throws AUDIT_SCRUBBER_LEAKS naming the canary. */
export function checkScrubberAtStart(scrubber: Scrubber, options: ScrubberOptions = {}): void {
  const { shownNames = [], hosts = [], queryNames = [] } = options
  check(scrubber, quick())
  if (shownNames.length + hosts.length + queryNames.length > 0) check(scrubber, slow())
}

/** All twelve. Throws AUDIT_SCRUBBER_LEAKS naming the canary that came through. */
export function checkScrubber(scrubber: Scrubber): void {
  check(scrubber, [...quick(), ...slow()])
}

function check(scrubber: Scrubber, canaries: readonly Canary[]): void {
  for (const [name, value, text] of canaries) {
    const written = JSON.stringify(scrubber.scrub(value)) ?? ''
    if (spellings(text).some((spelling) => written.includes(spelling)))
      throw new AuditError('AUDIT_SCRUBBER_LEAKS', `scrub: the canary '${name}' came through ${scrubber.id}`)
  }
}

function spellings(text: string): string[] {
  const bytes = Buffer.from(text)
  return [text, encodeURIComponent(text), bytes.toString('base64'), bytes.toString('hex'), [...bytes].join(',')]
}
