/** A small log that exists only in memory, and the requests it would send; its proofs come straight from RFC 6962. */
import { createPrivateKey, createPublicKey, hash, sign } from 'node:crypto'
import {
  type Cosigner,
  emptyRoot,
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  formatVkey,
  type Hash,
  signatureTypes,
  verifierKey,
} from '@trailmark/ledger/notes'

/** A key made from one byte. Never one for anything real. */
export function testKey(name: string, seed: number): Cosigner {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return { name, publicKey: Buffer.from(x ?? '', 'base64url'), sign: (message) => sign(null, message, key) }
}

export class TestLog {
  readonly key: Cosigner
  readonly #leaves: Hash[]

  /** Two logs of one origin and another `salt` are forks of each other after `common` leaves. */
  constructor(origin: string, { seed = 7, leaves = 300, salt = '', common = 0 } = {}) {
    this.key = testKey(origin, seed)
    this.#leaves = Array.from({ length: leaves }, (_, n) => hash('sha256', `\0${n < common ? '' : salt}${n}`, 'binary'))
  }

  get vkey(): string {
    return formatVkey(verifierKey(this.key.name, signatureTypes.note, this.key.publicKey))
  }

  root(size: number): Hash {
    return size === 0 ? emptyRoot : rootOf(this.#leaves.slice(0, size))
  }

  text(size: number): string {
    return formatCheckpoint({ origin: this.key.name, size, root: this.root(size) })
  }

  note(size: number, key: Cosigner = this.key): string {
    return signed(this.text(size), key)
  }

  proof(from: number, to: number): Hash[] {
    return from === 0 || from === to ? [] : subproof(from, this.#leaves.slice(0, to), true)
  }

  request(old: number, size: number): Buffer {
    return formatAddCheckpoint({ old, proof: this.proof(old, size), note: Buffer.from(this.note(size)) })
  }

  checkpoint(size: number) {
    const root = Buffer.from(this.root(size), 'latin1').toString('hex')
    return { origin: this.key.name, size, root, note: this.note(size) }
  }

  /** What an anchor asks for proofs. */
  readonly tree = { consistency: async (from: number, to: number) => this.proof(from, to) }
}

export function signed(text: string, key: Cosigner): string {
  return formatNote(text, key, key.sign(Buffer.from(text)))
}

function rootOf(leaves: readonly Hash[]): Hash {
  const [only = emptyRoot] = leaves
  if (leaves.length <= 1) return only
  const k = splitOf(leaves.length)
  return nodeOf(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)))
}

/** SUBPROOF of RFC 6962 section 2.1.2. */
function subproof(m: number, leaves: readonly Hash[], complete: boolean): Hash[] {
  if (m === leaves.length) return complete ? [] : [rootOf(leaves)]
  const k = splitOf(leaves.length)
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), complete), rootOf(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))]
}

function splitOf(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

function nodeOf(left: Hash, right: Hash): Hash {
  return hash('sha256', Buffer.concat([Buffer.of(1), Buffer.from(left + right, 'latin1')]), 'binary')
}
