/**
 * The masking of one draft: what it needs to know, the account of what it takes away, and the few ways in which a value may
 * reach a record at all: as a name, as a token, as a pseudonym, as one of a closed list, as a number.
 */
import type { PrivacyMember } from '../draft.ts'
import type { Pseudonym, Pseudonyms } from '../pseudonyms.ts'
import { isIdentifier } from '../scrub/identifier.ts'
import { isReadableList, own } from '../scrub/read.ts'
import { Accounting, type Rule } from './accounting.ts'
import type { Tokens } from './tokens.ts'

/** Longer texts identify nothing, and hashing them would let a caller choose what a record costs. */
export const tokenCharsMax = 1_024

export interface MaskingDependencies {
  readonly tokens: Tokens
  readonly pseudonyms: Pseudonyms
}

export class Masking {
  readonly tenant: string | undefined
  readonly timeMs: number
  readonly #dependencies: MaskingDependencies
  #accounting: Accounting | undefined

  /** `tenant` is what the caller gave: it takes part in every token, so it is judged first. */
  constructor(dependencies: MaskingDependencies, tenant: unknown, timeMs: number) {
    this.#dependencies = dependencies
    this.timeMs = timeMs
    this.tenant = this.identifier('tenant', tenant)
  }

  /** Counts something that does not reach the record. */
  drop(path: string, rule: Rule, n = 1): undefined {
    this.#accounting ??= new Accounting()
    return this.#accounting.drop(path, rule, n)
  }

  /** The record's `privacy` member. */
  privacy(scrubber: string): PrivacyMember | undefined {
    return this.#accounting?.member(scrubber)
  }

  /** A name the application gave to one of its things, in clear. */
  identifier(path: string, value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined
    if (isIdentifier(value)) return value
    return this.drop(path, typeof value === 'string' ? 'not_an_identifier' : 'wrong_kind')
  }

  /** At most `max` names. */
  identifiers(path: string, value: unknown, max: number): string[] | undefined {
    if (value === undefined || value === null) return undefined
    if (!isReadableList(value)) return this.drop(path, 'wrong_kind')
    if (value.length > max) this.drop(path, 'too_many', value.length - max)
    const names: string[] = []
    for (let i = 0; i < Math.min(value.length, max); i++) {
      const name = this.identifier(path, own(value, i))
      if (name !== undefined) names.push(name)
    }
    return names.length === 0 ? undefined : names
  }

  /** One of a closed list, in clear. */
  oneOf<const V extends string>(path: string, value: unknown, values: readonly V[]): V | undefined {
    if (value === undefined || value === null) return undefined
    return values.find((one) => one === value) ?? this.drop(path, 'wrong_kind')
  }

  /** A count: a whole number from 0. */
  count(path: string, value: unknown): number | undefined {
    if (value === undefined || value === null) return undefined
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.drop(path, 'wrong_kind')
  }

  /** The text of an identifier that is about to become a token or a pseudonym. Numbers are identifiers too. */
  idText(path: string, value: unknown): string | undefined {
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value.length <= tokenCharsMax ? value : this.drop(path, 'too_long')
    if ((typeof value === 'number' && Number.isFinite(value)) || typeof value === 'bigint') return String(value)
    return this.drop(path, 'wrong_kind')
  }

  /** A value as a keyed token. */
  token(purpose: string, value: string): string {
    return this.#dependencies.tokens.token(purpose, value, this)
  }

  /** An identifier as a keyed token; undefined when it is none. */
  idToken(path: string, purpose: string, value: unknown): string | undefined {
    const text = this.idText(path, value)
    return text === undefined ? undefined : this.token(purpose, text)
  }

  /** A person. Only a `proved` one may be given a key of their own; a `known` one is named by the key they have. */
  person(path: string, value: unknown, proved: boolean, known = false): Pseudonym | undefined {
    const id = this.idText(path, value)
    if (id === undefined) return undefined
    const { pseudonyms } = this.#dependencies
    const person = this.tenant === undefined ? { id, proved } : { id, tenant: this.tenant, proved }
    return pseudonyms.name(known ? { ...person, known } : person)
  }
}
