/**
 * The account of what masking took away: where, by which rule, how often. It becomes the record's `privacy` member.
 *
 * Most events lose nothing, so nothing is allocated until something is removed. The account itself is bounded, and holds
 * only words of ours and names that are safe to show.
 */
import type { PrivacyMember, Redaction } from '../draft.ts'

/** Why something is missing. Rules are names that people search for: they are never renamed. */
export type Rule =
  /** Not declared by the event's definition. */
  | 'undeclared'
  /** Declared, but of another kind: a getter, a wrong type, a value outside its bounds or its closed list. */
  | 'wrong_kind'
  /** Text where a name is due, and which does not look like one. */
  | 'not_an_identifier'
  /** More of them than a record may have. */
  | 'too_many'
  /** Longer than anything of its kind. */
  | 'too_long'
  /** A value so easy to guess that its token would tell it. */
  | 'low_entropy'
  /** Personal: it stands in `sealed`, under the key of the person it is about. */
  | 'sealed'
  /** Personal, and there is nobody whose key it could be sealed under. */
  | 'no_key'
  /** Masking itself failed: everything the event said is missing. */
  | 'mask_failed'

const redactionsMax = 24

export class Accounting {
  #redactions: { path: string; rule: string; n: number }[] | undefined

  drop(path: string, rule: Rule, n = 1): undefined {
    this.#redactions ??= []
    const same = this.#redactions.find((one) => one.path === path && one.rule === rule)
    if (same !== undefined) {
      same.n += n
      return
    }
    // Beyond the bound removals are counted by rule alone, and there are fewer rules than ten.
    if (this.#redactions.length >= redactionsMax && path !== '*') return this.drop('*', rule, n)
    this.#redactions.push({ path, rule, n })
    return
  }

  /** The record's `privacy` member; absent when nothing was removed. */
  member(scrubber: string): PrivacyMember | undefined {
    const redactions: readonly Redaction[] | undefined = this.#redactions
    return redactions && { scrubber, redactions }
  }
}
