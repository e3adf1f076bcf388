/**
 * The signed part of a writer directory, read before anything is written to it: what it is and how far it was signed.
 *
 * Whatever does not fit makes the directory refused: it is left exactly as found, for `verify` and for people.
 */
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import type { Disk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
import { findReign } from '../keep/checkpoint-signers.ts'
import { type KeysFound, readKeys } from '../keep/epoch-opening.ts'
import { keysOf, type Rotation } from '../keep/lineage.ts'
import { checkpointFile, metaFile, metaNoteFile } from '../layout.ts'
import { formatMetaNote, type Meta, metaBytesMax, parseMeta } from '../meta.ts'
import { isSignedBy, noteBytesMax, parseNote } from '../note.ts'
import { readSmall } from './small-file.ts'

/** What the directory has to be: another service, stream or key does not continue it. */
export interface Expected {
  readonly origin: string
  readonly stream: string
  readonly retentionClass: string
  readonly publicKey: string
  /** The rotations that led to that key, checked. */
  readonly lineage: readonly Rotation[]
  /** Base64 of the second key, if the signer has one. */
  readonly secondKey?: string | undefined
}

export interface SignedState {
  readonly meta: Meta
  readonly metaBytes: Buffer
  /** Whether LEDGER.note is there; an asynchronous signer may not have got round to it. */
  readonly metaSigned: boolean
  readonly checkpoint?: Checkpoint
  /** Whether that is signed by the newest log key and by the epoch under way; a crash may have come in between. */
  readonly isCurrent: boolean
  readonly keys: KeysFound
}

interface FoundCheckpoint {
  readonly checkpoint: Checkpoint
  readonly reign: 'now' | 'before'
  readonly logKey: string
}

/** Undefined when there is no LEDGER.json. Throws LEDGER_META_*, LEDGER_KEY_CHANGED, LEDGER_CHECKPOINT_*, LEDGER_KEYS_*. */
export function readSigned(disk: Disk, dir: string, expected: Expected): SignedState | undefined {
  const metaBytes = readSmall(disk, join(dir, metaFile), metaBytesMax)
  if (!metaBytes) return undefined
  const meta = parseMeta(metaBytes)
  if (typeof meta === 'string') throw new LedgerError('LEDGER_META_MALFORMED', `${join(dir, metaFile)}: ${meta}`)
  for (const name of ['origin', 'stream', 'retentionClass'] as const) {
    if (meta[name] !== expected[name]) {
      throw new LedgerError('LEDGER_META_CHANGED', `${dir} has ${name} ${meta[name]}, opened with ${expected[name]}`)
    }
  }
  if (!keysOf(expected.lineage, expected.publicKey).includes(meta.publicKey))
    throw keyChanged(dir, meta.publicKey, expected.publicKey)
  // A writer whose LEDGER.json promises a second signature can only be continued by whoever gives it.
  if (meta.secondKey !== undefined && meta.secondKey !== expected.secondKey)
    throw keyChanged(dir, meta.secondKey, expected.secondKey ?? 'no second key')
  const metaSigned = checkMetaNote(disk, dir, meta, metaBytes, expected)
  const keys = readKeys(disk, dir, meta, expected)
  const found = readCheckpoint(disk, dir, meta, keys)
  if (found && meta.epochs && !keys.newest)
    throw new LedgerError('LEDGER_KEYS_MISSING', `${dir} has a checkpoint and no statement of an epoch`)
  const isCurrent = found?.logKey === expected.publicKey && found.reign === 'now'
  return { meta, metaBytes, metaSigned, keys, isCurrent, ...(found && { checkpoint: found.checkpoint }) }
}

function keyChanged(dir: string, is: string, given: string): LedgerError {
  return new LedgerError('LEDGER_KEY_CHANGED', `${dir} is signed with ${is}, opened with ${given}`)
}

/** It is signed late where the signer needs time, and then by the newest key of the row. */
function checkMetaNote(disk: Disk, dir: string, meta: Meta, metaBytes: Buffer, expected: Expected): boolean {
  const keys = keysOf(expected.lineage, expected.publicKey)
  const bytes = readSmall(disk, join(dir, metaNoteFile), noteBytesMax)
  if (!bytes) return false
  const note = parseNote(bytes)
  const isSigned = keys
    .slice(keys.indexOf(meta.publicKey))
    .some((key) => note && isSignedBy(note, { name: meta.origin, publicKey: Buffer.from(key, 'base64') }))
  if (note?.text !== formatMetaNote(meta.origin, metaBytes) || !isSigned) {
    throw new LedgerError('LEDGER_META_UNSIGNED', `${join(dir, metaNoteFile)} does not sign this ${metaFile}`)
  }
  return true
}

function readCheckpoint(disk: Disk, dir: string, meta: Meta, keys: KeysFound): FoundCheckpoint | undefined {
  const path = join(dir, checkpointFile)
  const bytes = readSmall(disk, path, noteBytesMax)
  if (!bytes) return undefined
  const note = parseNote(bytes)
  const checkpoint = note && parseCheckpoint(note.text)
  if (!note || checkpoint?.origin !== meta.origin) {
    throw new LedgerError('LEDGER_CHECKPOINT_MALFORMED', `${path} is not a checkpoint of ${meta.origin}`)
  }
  const found = findReign(note, meta.origin, checkpoint.size, keys.reigns)
  if (found === 'epoch key')
    throw new LedgerError('LEDGER_EPOCH_UNSIGNED', `${path} is not signed by the epoch of the newest statement`)
  if (found === 'log key')
    throw new LedgerError('LEDGER_CHECKPOINT_UNSIGNED', `${path} is not signed by ${meta.origin}`)
  return { checkpoint, ...found }
}
