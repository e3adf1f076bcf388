/**
 * A C2SP witness as an anchor (`tlog-witness`): somebody else's server that remembers the largest tree it saw of each log.
 *
 * It signs only what continues that tree, and says what it holds to whoever asks with another size. So it is at once the
 * evidence that a tree was seen and the alarm when a log was put back. Nothing is kept here that the witness would not
 * tell again: begin at the last size it took, else at none, and let it correct that.
 */
import { X509Certificate } from 'node:crypto'
import { parseCheckpoint } from '../checkpoint.ts'
import { LedgerError } from '../errors.ts'
import { parseNote } from '../note.ts'
import { type Hash, hashToHex } from '../tree.ts'
import { parseVkey, signatureTypes, type VerifierKey } from '../vkey.ts'
import { formatAddCheckpoint } from './add-checkpoint.ts'
import type { Anchor, AnchorEvidence, AnchorTree, PublishedCheckpoint } from './anchor.ts'
import { findCosignature } from './cosignature.ts'
import { type Answer, post } from './http-post.ts'
import { addCheckpointUrl } from './witness-url.ts'

/** One answer with a size is the rule; more only where several processes publish for one log at the same moment. */
const attemptsMax = 4
const answerBytesMax = 65_536
const timeoutMsDefault = 10_000
const timeoutMsMax = 600_000
/** Logs whose last size is remembered at one time. */
const originsMax = 1_000
/** What a `Date` can hold. */
const timeSMax = 8.64e12

export interface WitnessOptions {
  /** The submission prefix: `https://witness.example/` or, on this machine, `http://127.0.0.1:4747`. */
  readonly url: string
  /** The witness's verifier key, from its operator: `witness.example+1a2b3c4d+BM…`. Only its signature counts. */
  readonly vkey: string
  /** Names the evidence files, `[a-z0-9-]{1,40}`; default the witness's name and key id in such letters. */
  readonly name?: string
  /** PEM: the authorities that may vouch for its https, instead of those the system trusts. */
  readonly ca?: string
  /** How long one publication may take in all. Default 10,000, at most 600,000. */
  readonly timeoutMs?: number
}

/**
 * An anchor that has checkpoints cosigned. Throws LEDGER_OPTION_INVALID for a URL or key that cannot be one.
 *
 * `publish` resolves with the cosigned checkpoint as evidence (`.cosig`), after the signature was checked. It rejects with
 * LEDGER_ANCHOR_ROLLBACK when the witness holds a larger tree, another one of this size, or one this log does not continue;
 * LEDGER_ANCHOR_UNREACHABLE when no answer came in time; LEDGER_ANCHOR_REFUSED for every other answer.
 *
 *     anchors: [witness({ url: 'https://witness.example/', vkey: 'witness.example+1a2b3c4d+BM…' })]
 */
export function witness(options: WitnessOptions): Anchor {
  const { timeoutMs = timeoutMsDefault } = options
  const url = addCheckpointUrl(options.url)
  if (typeof url === 'string') throw invalid('url', url)
  const key = typeof options.vkey === 'string' ? parseVkey(options.vkey) : undefined
  if (key?.type !== signatureTypes.cosignature)
    throw invalid('vkey', 'is not the verifier key of a witness (name+id+key, type 0x04)')
  const name = options.name ?? nameOf(key)
  if (!/^[a-z0-9-]{1,40}$/.test(name)) throw invalid('name', 'has to be 1 to 40 of a-z, 0-9 and -')
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > timeoutMsMax)
    throw invalid('timeoutMs', `has to be a whole number from 1 to ${timeoutMsMax}`)
  if (options.ca !== undefined && !isCertificate(options.ca)) throw invalid('ca', 'is no certificate in PEM')
  const sizes = new Map<string, number>()
  return {
    name,
    async publish(checkpoint, tree, signal) {
      const text = textOf(checkpoint, key)
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      try {
        const submission = { checkpoint, text, tree, url, ca: options.ca, signal: deadline, key }
        return await submit(submission, sizes)
      } catch (error) {
        throw error instanceof LedgerError ? error : unreachable(key, deadline.aborted ? timeoutMs : undefined, error)
      }
    },
  }
}

interface Submission {
  readonly checkpoint: PublishedCheckpoint
  /** What the log signed, and so what the witness has to sign. */
  readonly text: string
  readonly tree: AnchorTree
  readonly url: URL
  readonly ca: string | undefined
  readonly signal: AbortSignal
  readonly key: VerifierKey
}

function textOf({ origin, size, root, note }: PublishedCheckpoint, key: VerifierKey): string {
  const text = parseNote(Buffer.from(note))?.text ?? ''
  const parsed = parseCheckpoint(text)
  if (parsed?.origin === origin && parsed.size === size && hashToHex(parsed.root) === root) return text
  throw refused(key, `what is to be published is not the signed checkpoint of ${origin} at size ${size}`)
}

async function submit(submission: Submission, sizes: Map<string, number>): Promise<AnchorEvidence> {
  const { checkpoint, key } = submission
  const { origin, size } = checkpoint
  const note = Buffer.from(checkpoint.note)
  // An old size above the new one is a malformed request; asking with none tells what the witness really holds.
  const known = sizes.get(origin) ?? 0
  let old = known <= size ? known : 0
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const proof = await proofFor(submission, old)
    const answer = await send(submission, formatAddCheckpoint({ old, proof, note }))
    if (answer.status === 200) {
      const evidence = accept(submission, answer)
      remember(sizes, origin, size)
      return evidence
    }
    const held = answer.status === 409 ? heldSize(answer) : undefined
    if (held === undefined) throw refusal(submission, old, answer)
    if (held > size) throw rollback(submission, `it holds size ${held}, and this log has ${size}`)
    // It was asked with the very size it holds: what it cannot take is the root.
    if (held === size && old === size) throw rollback(submission, `it holds another tree of size ${size}`)
    if (held === old) throw refused(key, `it answers 409 and names the size it was asked with, ${old}`)
    if (held < known) {
      // Said once; the next time it is shown where it now is.
      remember(sizes, origin, held)
      throw refused(key, `it cosigned size ${known} of ${origin} and now holds ${held}: it lost its memory`)
    }
    old = held
  }
  throw refused(key, `it named another size ${attemptsMax} times: several writers publish for ${origin}`)
}

function remember(sizes: Map<string, number>, origin: string, size: number): void {
  if (sizes.size >= originsMax) sizes.clear()
  sizes.set(origin, size)
}

function send({ url, ca, signal }: Submission, body: Uint8Array): Promise<Answer> {
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  return post({ url, headers, body, answerBytesMax, signal, ca })
}

/** The answer is worth what its signature is: only the configured key counts, over exactly what was sent. */
function accept({ checkpoint, text, key }: Submission, answer: Answer): AnchorEvidence {
  const given = parseNote(Buffer.concat([Buffer.from(`${text}\n`), answer.body]))
  const found = given && findCosignature(given, key)
  if (!found) throw refused(key, 'its answer holds no valid cosignature by the configured key')
  const time = found.timeS <= timeSMax ? new Date(found.timeS * 1000).toISOString() : `${found.timeS} s`
  return {
    suffix: 'cosig',
    bytes: Buffer.from(checkpoint.note + found.line),
    detail: `size ${checkpoint.size} cosigned by ${key.name} at ${time}`,
  }
}

/** A proof that cannot be made is this side's trouble, and no silence of the witness. */
async function proofFor({ checkpoint, tree, key }: Submission, old: number): Promise<readonly Hash[]> {
  if (old === 0 || old === checkpoint.size) return []
  try {
    return await tree.consistency(old, checkpoint.size)
  } catch (error) {
    if (error instanceof LedgerError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw refused(key, `the consistency proof from size ${old} could not be made: ${why}`)
  }
}

function heldSize({ type, body }: Answer): number | undefined {
  const text = /^(0|[1-9][0-9]{0,15})\n$/.exec(body.toString('latin1', 0, 20))?.[1]
  if (type !== 'text/x.tlog.size' || text === undefined || body.length > 17) return undefined
  return Number.isSafeInteger(Number(text)) ? Number(text) : undefined
}

function refusal(submission: Submission, old: number, answer: Answer): LedgerError {
  const { checkpoint, key } = submission
  const { origin, size } = checkpoint
  const { status } = answer
  // The old size is the one the witness itself named, and the proof leads from this log's tree of that size to its newest.
  if (status === 422) return rollback(submission, `its tree of size ${old} is not the beginning of this log's ${size}`)
  if (status === 404) return refused(key, `it does not know ${origin}: its operator has to add this log`)
  if (status === 403) return refused(key, `it trusts none of the keys that signed for ${origin}`)
  if (status >= 300 && status < 400) return refused(key, `it points elsewhere (${status}); redirects are not followed`)
  return refused(key, `it answered ${status}${excerpt(answer.body)}`)
}

function rollback({ checkpoint, key }: Submission, why: string): LedgerError {
  return new LedgerError('LEDGER_ANCHOR_ROLLBACK', `witness ${key.name}, ${checkpoint.origin}: ${why}`)
}

function refused(key: VerifierKey, why: string): LedgerError {
  return new LedgerError('LEDGER_ANCHOR_REFUSED', `witness ${key.name}: ${why}`)
}

function unreachable(key: VerifierKey, timeoutMs: number | undefined, cause: unknown): LedgerError {
  const why = timeoutMs === undefined ? (cause instanceof Error ? cause.message : String(cause)) : 'no answer in time'
  return new LedgerError('LEDGER_ANCHOR_UNREACHABLE', `witness ${key.name}: ${why}`, { cause })
}

function invalid(option: string, why: string): LedgerError {
  return new LedgerError('LEDGER_OPTION_INVALID', `witness: ${option} ${why}`)
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}

/** What others send goes into a message only as far as it is harmless. */
function excerpt(body: Buffer): string {
  const text = body
    .toString('latin1', 0, 120)
    .replaceAll(/[^ -~]+/g, ' ')
    .trim()
  return text === '' ? '' : `: ${text}`
}

/** The witness's name in letters that a file may have, and its key id, since two names may look the same in them. */
function nameOf({ name, keyId }: VerifierKey): string {
  const letters = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const id = Buffer.from(keyId).toString('hex')
  return letters === '' ? id : `${letters.slice(0, 31)}-${id}`
}
