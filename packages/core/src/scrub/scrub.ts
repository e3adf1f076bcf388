/**
 * Scrubbing of arbitrary values and texts, for whatever no schema describes: log lines, bindings, messages.
 *
 * Three nets, one behind the other. Names: a member that is called like a secret or like personal data is hidden whole. Shapes:
 * headers, cookies, URLs, errors and bytes are written by allow-list. Texts: detectors for what is recognisable wherever it
 * stands. No code of the value runs, the value is not changed, and whatever happens it is never handed on instead of a copy.
 */
import { Account } from './account.ts'
import type { Scrubbed, Scrubber } from './scrubber.ts'
import { compileOptions, type ScrubberOptions } from './scrubber-options.ts'
import { Walk } from './walk.ts'
import { unnamed } from './walk-verdicts.ts'

const rulesVersion = 'scrub/1'

let failures = 0

/** How many values could not be scrubbed in this process, and were withheld. */
export function scrubFailures(): number {
  return failures
}

/**
 * A scrubber with names and patterns of an application's own. Its id is `scrub/1`, and behind it a hash of its options. Throws
 * AUDIT_OPTION_INVALID naming the option.
 *
 *     const own = createScrubber({ secretNames: ['licenceBlob'], hosts: ['api.example'] })
 *     own.scrub({ licenceBlob: 'x', url: 'https://api.example/letters?to=ann' })
 *     // { licenceBlob: '[secret]', url: 'https://api.example/letters?to=' }
 */
export function createScrubber(options: ScrubberOptions = {}): Scrubber {
  const compiled = compileOptions(options)
  const copy = (value: unknown, account?: Account): unknown => {
    try {
      return new Walk(compiled, account).copy(value, unnamed, 0, 0)
    } catch {
      // Exhaustion, or a mistake of ours.
      failures += 1
      account?.add('scrub_failed')
      return { scrub_failed: true, type: typeof value }
    }
  }
  return Object.freeze({
    id: compiled.hash === '' ? rulesVersion : `${rulesVersion}/${compiled.hash}`,
    scrub: (value: unknown) => copy(value),
    text(text: string): string {
      const shown = typeof text === 'string' ? copy(text) : undefined
      return typeof shown === 'string' ? shown : '[scrub_failed]'
    },
    account(value: unknown): Scrubbed {
      const account = new Account()
      return { value: copy(value, account), redactions: account.redactions() }
    },
  })
}

/** The scrubber without options. */
export const scrubber: Scrubber = createScrubber()

/**
 * A copy of any value that may be written down: `{ user: { email: 'ann@clinic.example' }, visits: 3 }` gives
 * `{ user: { email: '[email]' }, visits: 3 }`.
 *
 * At most 12 levels, 2,000 values and some 64 K characters come back, as plain data that JSON can hold. Never throws and never
 * changes its argument; calls no getter, `toJSON` or other method of it. Scrubbing the result again changes nothing.
 */
export function scrub(value: unknown): unknown {
  return scrubber.scrub(value)
}
