/**
 * Values that must not be printed, wrapped so that they are not: whatever writes them down gets a placeholder.
 *
 * A brand that exists only for the compiler prints in full, so these are objects with a private field: nothing that lists,
 * copies or serialises an object reaches it. A second mark, under a registered symbol, lets another installed copy of this
 * package know such an object as one, though it cannot open it.
 */
import { inspect, types } from 'node:util'
import { AuditError } from './errors.ts'

/** What is written in a wrapper's place. */
export type Placeholder = '[secret]' | '[personal]'

type Kind = 'secret' | 'personal'

const KIND: unique symbol = Symbol.for('@trailmark/core/hidden/1')
const placeholders: Readonly<Record<Kind, Placeholder>> = { secret: '[secret]', personal: '[personal]' }

/** The doors to the private fields, for this file alone. */
let opened: <T>(hidden: Hidden<T>) => T
let kindOf: (value: object) => Kind | undefined

abstract class Hidden<T> {
  readonly #value: T
  readonly #kind: Kind

  constructor(value: T, kind: Kind) {
    this.#value = value
    this.#kind = kind
    Object.defineProperty(this, KIND, { value: kind })
    Object.freeze(this)
  }

  /**
   * The value. `reason` says in the code why it is needed here; it is not kept. Throws a TypeError without one.
   *
   *     connect({ password: password.expose('opens the pool') })
   */
  expose(reason: string): T {
    if (typeof reason !== 'string' || reason === '') throw new TypeError('expose() needs a reason')
    return this.#value
  }

  toString(): Placeholder {
    return placeholders[this.#kind]
  }

  toJSON(): Placeholder {
    return placeholders[this.#kind]
  }

  valueOf(): Placeholder {
    return placeholders[this.#kind]
  }

  /** Not a number where a number is wanted. */
  [Symbol.toPrimitive](): Placeholder {
    return placeholders[this.#kind]
  }

  [inspect.custom](): Placeholder {
    return placeholders[this.#kind]
  }

  static {
    opened = (hidden) => hidden.#value
    kindOf = (value) => (#value in value ? value.#kind : undefined)
    Object.freeze(Hidden.prototype)
  }
}

/**
 * A credential: password, key, token. Printed, logged, serialised, copied or spread it is `[secret]` or nothing.
 *
 *     const password = new Secret(await vault.read('db'))
 *     logger.info({ password }, 'connecting')        // "password":"[secret]"
 *     password.expose('opens the pool')              // the value
 *
 * Two secrets look equal to everything that compares by content; compare what `expose()` gives.
 */
export class Secret<T> extends Hidden<T> {
  declare readonly [KIND]: 'secret'

  constructor(value: T) {
    super(value, 'secret')
  }

  /**
   * A secret made of this one, such as the key inside a JSON file. What `change` throws is not passed on, because it may
   * quote the value: then this throws `AUDIT_SECRET_UNREADABLE`.
   */
  map<U>(change: (value: T) => U): Secret<U> {
    return new Secret(changed(this, change))
  }

  /** The environment variable `name`. Throws `AUDIT_SECRET_MISSING` naming it where it is not set or empty. */
  static env(name: string): Secret<string> {
    const value = process.env[name]
    if (value === undefined || value === '') {
      throw new AuditError('AUDIT_SECRET_MISSING', `the environment variable ${String(name)} is not set`)
    }
    return new Secret(value)
  }

  static {
    Object.freeze(Secret.prototype)
  }
}

/**
 * Something about a person: a name, an address, a birthday. Printed, logged, serialised, copied or spread it is `[personal]`
 * or nothing. A metadata field made with `personalField()` takes one and seals it.
 */
export class Personal<T> extends Hidden<T> {
  declare readonly [KIND]: 'personal'

  constructor(value: T) {
    super(value, 'personal')
  }

  /** As `Secret.map`. */
  map<U>(change: (value: T) => U): Personal<U> {
    return new Personal(changed(this, change))
  }

  static {
    Object.freeze(Personal.prototype)
  }
}

/** Wraps a credential: see `Secret`. */
export function secret<T>(value: T): Secret<T> {
  return new Secret(value)
}

/** Wraps something about a person: see `Personal`. */
export function personal<T>(value: T): Personal<T> {
  return new Personal(value)
}

/**
 * The placeholder of a `Secret` or `Personal`, of whichever copy of this package; undefined for everything else.
 * Runs no code of the value.
 */
export function placeholderOf(value: unknown): Placeholder | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  const kind: unknown = kindOf(value) ?? Object.getOwnPropertyDescriptor(value, KIND)?.value
  return kind === 'secret' || kind === 'personal' ? placeholders[kind] : undefined
}

/**
 * For whoever seals: what a `Personal` of this copy holds, without running code of it. Anything else comes back as it is, a
 * `Secret` included.
 */
export function unwrapPersonal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return value
  return kindOf(value) === 'personal' && value instanceof Personal ? opened(value) : value
}

function changed<T, U>(hidden: Hidden<T>, change: (value: T) => U): U {
  try {
    return change(opened(hidden))
  } catch {
    throw new AuditError('AUDIT_SECRET_UNREADABLE', 'the function given to map() threw; its error is not kept')
  }
}
