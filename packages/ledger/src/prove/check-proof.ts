/**
 * `checkProof`: what a person outside runs on a proof, offline, with keys that came another way.
 *
 * Three questions, in the order in which trust is built: is this a proof; did somebody trusted sign its checkpoint; does the
 * entry lead to the signed root. And a fourth, if asked: did witnesses see it.
 */
import { LedgerError } from '../errors.ts'
import { type Cosignature, findCosignature } from '../keep/cosignature.ts'
import { parseRotationNote } from '../keep/lineage.ts'
import { lineBytesMax, lineFeed } from '../line.ts'
import { isSignedBy } from '../note.ts'
import { type Hash, hashToHex, leafIn } from '../tree.ts'
import { parseVkey, signatureTypes, type VerifierKey } from '../vkey.ts'
import { verifyInclusion } from './inclusion.ts'
import { type ParsedProof, parseProof } from './proof.ts'

/** More are not read: a log key lives for months. */
const rotationsMax = 1_000

/** What the proof is to be about: the exact line without its line feed, or the hash of its leaf (32 bytes). */
export type Proved = { readonly line: string | Uint8Array } | { readonly leaf: Uint8Array }

export interface CheckProofOptions {
  /** Keys that may have signed the checkpoint, 32 raw bytes each; one of them has to. */
  readonly publicKeys: readonly Uint8Array[]
  /** Rotations of the log's key as signed notes (`keys/*.note` of the writer): a newer key is then trusted through an older. */
  readonly rotations?: readonly Uint8Array[]
  /** The log's name, `<origin>/<writer>`: when given, a checkpoint of another log under the same key is refused. */
  readonly origin?: string
  /** Verifier keys of witnesses (`<name>+<key id>+<base64>`), */
  readonly witnesses?: readonly string[]
  /** and how many of them have to have cosigned. Default: all. */
  readonly witnessesMin?: number
}

/** A witness whose cosignature is valid, and when it says it signed, in seconds since 1970. */
export type Witnessed = Pick<Cosignature, 'name' | 'timeS'>

/** What a proof that holds says. */
export interface CheckedProof {
  readonly origin: string
  /** The place of the entry in its log, from 0. */
  readonly index: number
  /** Of the signed tree. */
  readonly size: number
  /** Of the signed tree, in hex. */
  readonly root: string
  /** The key that signed: one that was given, or that rotations lead to. */
  readonly publicKey: Uint8Array
  /** The witnesses, out of the ones given, that cosigned, and when. */
  readonly witnessed: readonly Witnessed[]
  /** What came along with the proof. Nobody signed it. */
  readonly extra?: Uint8Array
}

/**
 * Says what a proof proves, or throws what is wrong with it. Needs no network, no directory and no other file.
 *
 * Throws LEDGER_PROOF_MALFORMED, LEDGER_PROOF_UNSIGNED, LEDGER_PROOF_MISMATCH (this entry is not in the signed tree at this
 * index), LEDGER_PROOF_UNWITNESSED, and LEDGER_OPTION_INVALID for keys that are none.
 *
 *     const { origin, index } = checkProof(text, { line }, { publicKeys: [key] })
 */
export function checkProof(text: string | Uint8Array, proved: Proved, options: CheckProofOptions): CheckedProof {
  const { publicKeys, origin } = options
  if (publicKeys.length === 0 || publicKeys.some((key) => key.length !== 32))
    throw new LedgerError('LEDGER_OPTION_INVALID', 'publicKeys: at least one, each of 32 bytes')
  const witnesses = parseWitnesses(options)
  const leaf = leafOf(proved)
  const proof = parseProof(typeof text === 'string' ? Buffer.from(text) : text)
  if (typeof proof === 'string') throw new LedgerError('LEDGER_PROOF_MALFORMED', `this is not a proof: ${proof}`)
  const { signed } = proof
  const publicKey = trustedKeys(options).find((key) => isSignedBy(proof.note, { name: signed.origin, publicKey: key }))
  if (!publicKey)
    throw new LedgerError('LEDGER_PROOF_UNSIGNED', `no key given signed this checkpoint of ${signed.origin}`)
  if (origin !== undefined && origin !== signed.origin)
    throw new LedgerError('LEDGER_PROOF_MISMATCH', `this is a proof from ${signed.origin}, not from ${origin}`)
  checkInclusion(proof, leaf)
  const witnessed = checkWitnesses(proof, witnesses, options.witnessesMin ?? witnesses.length)
  return {
    origin: signed.origin,
    index: proof.index,
    size: signed.size,
    root: hashToHex(signed.root),
    publicKey,
    witnessed,
    ...(proof.extra && { extra: proof.extra }),
  }
}

/** The keys given, and every one that followed. A note that is no rotation signed by both its keys leads nowhere. */
function trustedKeys({ publicKeys, rotations = [] }: CheckProofOptions): Uint8Array[] {
  const trusted = new Set(publicKeys.map((key) => Buffer.from(key).toString('base64')))
  let left = rotations.slice(0, rotationsMax).flatMap((bytes) => parseRotationNote(bytes) ?? [])
  for (let before = -1; before !== left.length; ) {
    before = left.length
    for (const { from, to } of left) if (trusted.has(from)) trusted.add(to)
    left = left.filter(({ to }) => !trusted.has(to))
  }
  return [...trusted].map((key) => new Uint8Array(Buffer.from(key, 'base64')))
}

function checkInclusion({ index, hashes, signed }: ParsedProof, leaf: Hash): void {
  const { size, root, origin } = signed
  if (verifyInclusion({ index, size, leaf, root, proof: hashes })) return
  const why =
    index >= size ? `index ${index} is beyond the ${size} entries signed` : `entry ${index} of ${size} is another`
  throw new LedgerError('LEDGER_PROOF_MISMATCH', `the entry does not lead to the signed root of ${origin}: ${why}`)
}

function checkWitnesses({ note }: ParsedProof, witnesses: readonly VerifierKey[], least: number): Witnessed[] {
  const found = witnesses.flatMap((witness) => {
    const cosignature = findCosignature(note, witness)
    return cosignature ? [{ name: cosignature.name, timeS: cosignature.timeS }] : []
  })
  if (found.length >= least) return found
  const names = witnesses.filter(({ name }) => !found.some((one) => one.name === name)).map(({ name }) => name)
  throw new LedgerError(
    'LEDGER_PROOF_UNWITNESSED',
    `${found.length} of ${least} witnesses cosigned; without a valid cosignature: ${names.join(', ')}`,
  )
}

/** The same witness twice is one witness. */
function parseWitnesses({ witnesses = [], witnessesMin }: CheckProofOptions): VerifierKey[] {
  const keys = [...new Set(witnesses)].map((text) => {
    const key = parseVkey(text)
    if (key?.type !== signatureTypes.cosignature)
      throw new LedgerError('LEDGER_OPTION_INVALID', `witnesses: ${text.slice(0, 80)} is no verifier key of a witness`)
    return key
  })
  if (
    witnessesMin !== undefined &&
    !(Number.isInteger(witnessesMin) && witnessesMin >= 0 && witnessesMin <= keys.length)
  )
    throw new LedgerError('LEDGER_OPTION_INVALID', `witnessesMin: ${witnessesMin} of ${keys.length} witnesses`)
  return keys
}

function leafOf(proved: Proved): Hash {
  if ('line' in proved) {
    const line = Buffer.from(proved.line)
    if (line.length > lineBytesMax || line.includes(lineFeed))
      throw new LedgerError(
        'LEDGER_PROOF_MISMATCH',
        'this is not one line of a ledger: too long, or with a line feed in it',
      )
    return leafIn(Buffer.concat([Buffer.alloc(1), line]), 1, line.length + 1)
  }
  const leaf = Buffer.from(proved.leaf)
  if (leaf.length !== 32) throw new LedgerError('LEDGER_OPTION_INVALID', `leaf: ${leaf.length} bytes, not 32`)
  return leaf.toString('latin1')
}
