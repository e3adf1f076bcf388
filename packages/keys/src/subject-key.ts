/**
 * One subject key in use: its name for records, and sealing under it. Made from 32 random bytes that leave this object only
 * wrapped, in their slot. What is derived from it is kept, since a derivation costs more than everything done with it.
 */
import { createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import {
  type Binding,
  commitmentOf,
  deriveKey,
  nonceBytes,
  openEnvelope,
  pseudonymOf,
  sealEnvelope,
} from './envelope.ts'
import type { SubjectKey } from './ports.ts'

export class OpenSubjectKey implements SubjectKey {
  readonly kid: string
  readonly epoch: string
  readonly pseudonym: string
  readonly #kid: Uint8Array
  readonly #key: KeyObject
  #enc: KeyObject | undefined
  #commitment: string | undefined

  /** `kid` 16 bytes, `key` 32 bytes, which the caller may overwrite afterwards; `pseudonym` where it was derived before. */
  constructor(kid: Uint8Array, epoch: number, key: Uint8Array, pseudonym?: string) {
    this.#kid = Uint8Array.from(kid)
    this.#key = createSecretKey(key)
    this.kid = Buffer.from(this.#kid).toString('base64url')
    this.epoch = String(epoch)
    this.pseudonym = pseudonym ?? pseudonymOf(this.#key, this.epoch)
  }

  get commitment(): string {
    this.#commitment ??= commitmentOf(this.#kid, this.#key)
    return this.#commitment
  }

  seal(origin: string, recordId: string, fields: string): string {
    return sealEnvelope(this.#encryption(), freshNonce(), this.#binding(origin, recordId), fields)
  }

  /** Undefined when the envelope was not sealed under this key for this record. */
  open(binding: Binding, envelope: string): string | undefined {
    return openEnvelope(this.#encryption(), binding, envelope)
  }

  #encryption(): KeyObject {
    this.#enc ??= deriveKey(this.#key, 'enc')
    return this.#enc
  }

  #binding(origin: string, recordId: string): Binding {
    return { origin, recordId, kid: this.kid, pseudonym: this.pseudonym }
  }
}

/** Asking for random bytes costs the same for twelve as for thousands. */
const nonces = Buffer.alloc(nonceBytes * 256)
let next = nonces.length

function freshNonce(): Uint8Array {
  if (next === nonces.length) {
    randomFillSync(nonces)
    next = 0
  }
  next += nonceBytes
  // A copy, since the pool is filled again while an envelope may still be looked at.
  return Uint8Array.from(nonces.subarray(next - nonceBytes, next))
}
