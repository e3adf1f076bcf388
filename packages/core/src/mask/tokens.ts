/**
 * Keyed tokens: the same value gives the same token, and nobody without the key can say of which value.
 *
 *     p1_<kid>_<22 characters of base64url>
 *     HMAC-SHA-256(key, "v1|" tenant "|" purpose "|" canonical(value)), its first 132 bits
 *
 * Purpose and tenant are part of the input, so that tokens of different purposes or tenants do not link. Plain hashes would
 * not do: all social security numbers are hashed in minutes.
 */
import { createHmac } from 'node:crypto'
import type { TokenKey, TokenKeys, TokenScope } from '@trailmark/keys'
import { flatText } from '../flat-text.ts'
import { canonicalAddress } from '../scrub/address.ts'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { PairCache } from './pair-cache.ts'

export interface TokenOptions {
  readonly tenant?: string | undefined
  /** When it happened, which chooses the month's key for addresses and devices. Default: the month of the keys' clock. */
  readonly timeMs?: number | undefined
  /** `folded` ignores upper and lower case, for names that their owners spell as they like. Default: `exact`. */
  readonly kind?: 'exact' | 'folded' | undefined
}

export interface Tokens {
  /** The token of a value, under the key in force at `timeMs`. Equal values may be spelled differently: see `canonical`. */
  token(purpose: string, value: string, options?: TokenOptions): string
  /** The tokens a value may have in records already written, newest key first: one for every key that still exists. */
  find(purpose: string, value: string, options?: Omit<TokenOptions, 'timeMs'>): string[]
}

/** Purposes whose tokens die with their month. */
const monthlyPurposes: ReadonlySet<string> = new Set(['address', 'device'])
const shape = /^p1_[a-z0-9]{8}_[A-Za-z0-9_-]{22}$/

/** True for text that is a token already. */
export function isToken(text: string): boolean {
  return text.length === 34 && shape.test(text)
}

/** Tokens made with these keys. Remembers the last few thousand, since an HMAC costs thirty times as much as a look-up. */
export function createTokens(keys: TokenKeys): Tokens {
  return new KeyedTokens(keys)
}

class KeyedTokens implements Tokens {
  readonly #keys: TokenKeys
  readonly #made: Record<TokenScope, { kid: string; tokens: PairCache<string, string> }> = {
    stable: { kid: '', tokens: new PairCache(20_000) },
    monthly: { kid: '', tokens: new PairCache(5_000) },
  }

  constructor(keys: TokenKeys) {
    this.#keys = keys
  }

  token(purpose: string, value: string, options: TokenOptions = {}): string {
    const scope = scopeOf(purpose)
    const key = this.#keys.current(scope, options.timeMs ?? 0)
    // Long values are rare and would fill the memory that the cache is meant to bound.
    if (value.length > 256) return tokenOf(key, purpose, value, options)
    const made = this.#made[scope]
    if (made.kid !== key.kid) {
      made.kid = key.kid
      made.tokens.clear()
    }
    const { tenant, kind } = options
    const family = tenant === undefined && kind !== 'folded' ? escaped(purpose) : familyOf(purpose, options)
    const before = made.tokens.get(family, value)
    if (before !== undefined) return before
    const token = tokenOf(key, purpose, value, options)
    made.tokens.set(family, value, token)
    return token
  }

  find(purpose: string, value: string, options: Omit<TokenOptions, 'timeMs'> = {}): string[] {
    return this.#keys.all(scopeOf(purpose)).map((key) => tokenOf(key, purpose, value, options))
  }
}

/** Everything but the value and the key that a token depends on. */
function familyOf(purpose: string, { tenant, kind }: TokenOptions): string {
  return `${kind === 'folded' ? 'folded' : 'exact'}|${escaped(tenant ?? '')}|${escaped(purpose)}`
}

function scopeOf(purpose: string): TokenScope {
  return monthlyPurposes.has(purpose) ? 'monthly' : 'stable'
}

/** Tokens are written as they are, and keys may be the application's own. */
const kidShape = /^[\w.:-]{1,64}$/

function tokenOf(key: TokenKey, purpose: string, value: string, options: TokenOptions): string {
  if (!kidShape.test(key.kid)) throw new TypeError('a key of tokens has a kid that is no plain name')
  const digest = createHmac('sha256', key.key)
    .update(input(purpose, canonical(purpose, value, options.kind), options.tenant))
    .digest('base64url')
  return flatText(`p1_${key.kid}_${digest.slice(0, 22)}`)
}

function input(purpose: string, value: string, tenant = ''): string {
  return `v1|${escaped(tenant)}|${escaped(purpose)}|${value}`
}

/** Unicode compatibility form, without space around it; addresses in one spelling, folded kinds in lower case. */
function canonical(purpose: string, value: string, kind: TokenOptions['kind']): string {
  if (purpose === 'address') return canonicalAddress(value) ?? value.trim().toLowerCase()
  const text = value.normalize('NFKC').trim()
  return kind === 'folded' ? text.toLowerCase() : text
}

/** Tenant and purpose stand before the value, so a separator inside them could move a border between the three. */
function escaped(part: string): string {
  let known = spellings.get(part)
  if (known === undefined) {
    known = part.replaceAll('%', '%25').replaceAll('|', '%7C')
    if (part.length <= 128) spellings.set(part, known)
  }
  return known
}

/** Purposes and tenants are few. */
const spellings = new BoundedCache<string>(1_000)
