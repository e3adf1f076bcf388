/**
 * Values that are shown although the name over them hits: what they are tells more than what they are called.
 */
import { listOf } from './names-rules.ts'
import { isDigest, isReference, isTimeText } from './walk-text.ts'

/** Kinds of values, to be summed. */
export const passes = {
  /** True and false. */
  booleans: 1,
  numbers: 2,
  /** Objects are looked into. */
  objects: 4,
  /** Opaque ids of the application's own. */
  ids: 8,
  /** One plain word. */
  words: 16,
  /** `JIRA-1234`: numbers under which people file things. */
  references: 32,
  /** Points in time; not the month of a card. */
  times: 64,
  /** Digests and keyed tokens. */
  digests: 128,
} as const

/** Names that say one thing or another: the value decides. */
const byPhrase: readonly (readonly [string, number])[] = [
  // Of an authentication service, or of an issue tracker.
  ['ticket tickets', passes.references | passes.numbers | passes.objects | passes.booleans | passes.ids],
  // Of a card, or of anything else.
  [
    'expirydate expirationdate expdate validthru goodthru expirymonth expiryyear',
    passes.times | passes.objects | passes.booleans,
  ],
  // Of a list that has another page, counted or not.
  ['nexttoken', passes.numbers],
  // Of a vehicle, which has capitals, or of anything else.
  ['plate plates', passes.numbers | passes.words],
  // Of a finger, or of a certificate.
  ['fingerprint', passes.digests | passes.numbers | passes.objects | passes.booleans | passes.ids],
]

const table = new Map(byPhrase.flatMap(([words, kinds]) => listOf(words).map((word) => [word, kinds] as const)))

/** What a name lets pass because it may also say something harmless; 0 for all but a few. */
export function passedBy(joined: string): number {
  return table.get(joined) ?? 0
}

/** True for a text of one of the kinds that a name lets pass. */
export function isPassed(text: string, kinds: number): boolean {
  return (
    ((kinds & passes.references) !== 0 && isReference(text)) ||
    ((kinds & passes.times) !== 0 && isTimeText(text)) ||
    ((kinds & passes.digests) !== 0 && isDigest(text))
  )
}
