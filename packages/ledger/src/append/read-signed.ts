/**
 * The signed part of a writer directory, read before anything is written to it: what it is and how far it was signed.
 *
 * Whatever does not fit makes the directory refused: it is left exactly as found, for `verify` and for people.
 */
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import type { Disk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
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
}

export interface SignedState {
  readonly meta: Meta
  readonly metaBytes: Buffer
  /** Whether LEDGER.note is there; an asynchronous signer may not have got round to it. */
  readonly metaSigned: boolean
  readonly checkpoint?: Checkpoint
}

/** Undefined when there is no LEDGER.json. Throws LEDGER_META_*, LEDGER_KEY_CHANGED, LEDGER_CHECKPOINT_*. */
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
  if (meta.publicKey !== expected.publicKey) {
    throw new LedgerError(
      'LEDGER_KEY_CHANGED',
      `${dir} is signed with ${meta.publicKey}, opened with ${expected.publicKey}`,
    )
  }
  const metaSigned = checkMetaNote(disk, dir, meta, metaBytes)
  const checkpoint = readCheckpoint(disk, dir, meta)
  return { meta, metaBytes, metaSigned, ...(checkpoint && { checkpoint }) }
}

function checkMetaNote(disk: Disk, dir: string, meta: Meta, metaBytes: Buffer): boolean {
  const bytes = readSmall(disk, join(dir, metaNoteFile), noteBytesMax)
  if (!bytes) return false
  const note = parseNote(bytes)
  if (note?.text !== formatMetaNote(meta.origin, metaBytes) || !isSignedBy(note, keyOf(meta))) {
    throw new LedgerError('LEDGER_META_UNSIGNED', `${join(dir, metaNoteFile)} does not sign this ${metaFile}`)
  }
  return true
}

function readCheckpoint(disk: Disk, dir: string, meta: Meta): Checkpoint | undefined {
  const path = join(dir, checkpointFile)
  const bytes = readSmall(disk, path, noteBytesMax)
  if (!bytes) return undefined
  const note = parseNote(bytes)
  const checkpoint = note && parseCheckpoint(note.text)
  if (!note || checkpoint?.origin !== meta.origin) {
    throw new LedgerError('LEDGER_CHECKPOINT_MALFORMED', `${path} is not a checkpoint of ${meta.origin}`)
  }
  if (!isSignedBy(note, keyOf(meta)))
    throw new LedgerError('LEDGER_CHECKPOINT_UNSIGNED', `${path} is not signed by ${meta.origin}`)
  return checkpoint
}

function keyOf(meta: Meta): { name: string; publicKey: Uint8Array } {
  return { name: meta.origin, publicKey: Buffer.from(meta.publicKey, 'base64') }
}
