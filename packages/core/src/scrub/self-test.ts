/**
 * The start-up test: twelve planted values through the scrubber as it is configured. One that comes out stops the start, because
 * a service that logs secrets is worse than one that does not run.
 */
import { AuditError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Scrubber } from './scrubber.ts'

/** No number, so that no text of ours contains it by chance. */
const planted = 'cAnArY7plAnted'
const mailbox = 'canary.planted@canary.example'
/** Passes the check of ISO/IEC 7812; given to nobody. */
const card = '4000056655665556'
// Built from parts, so that scanners for secrets do not stop at this file.
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJjYW5hcnkifQ', 'Y2FuYXJ5cGxhbnRlZHNpZ25hdHVyZQ'].join('.')

/** What is planted, and the text that must not come out. */
const canaries: readonly (readonly [name: string, value: unknown, text: string])[] = [
  ['password by name', { password: planted }, planted],
  ['nested secret', { a: [{ b: { client_secret: planted } }] }, planted],
  ['e-mail address', { note: `asked by ${mailbox}` }, mailbox],
  ['card', { note: `paid with ${card}` }, card],
  ['web token', { note: `came with ${jwt}` }, jwt],
  ['bearer header', { headers: { authorization: `Bearer ${planted}` } }, planted],
  ['cookie', { headers: { cookie: `sid=${planted}` } }, planted],
  ['URL userinfo', { url: `https://ann:${planted}@canary.example/` }, planted],
  ['query token', { url: `/letters?access_token=${planted}` }, planted],
  ['error message', new Error(`no ${planted} here`), planted],
  ['bytes', { held: Buffer.from(planted) }, planted],
  ['Secret', { held: new Secret(planted) }, planted],
]

/** Throws AUDIT_SCRUBBER_LEAKS naming the canary that came through. */
export function checkScrubber(scrubber: Scrubber): void {
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
