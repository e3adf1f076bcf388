/**
 * The signed files of a writer directory: what it says it is, who signed that, and how far the log was signed.
 *
 * Nothing in LEDGER.json is believed because it stands there: LEDGER.note signs it, the checkpoint names the same origin, and a
 * pinned key, if there is one, is the key of both.
 */
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import type { LedgerErrorCode } from '../errors.ts'
import { checkpointFile, metaFile, metaNoteFile } from '../layout.ts'
import { formatMetaNote, type Meta, metaBytesMax, parseMeta } from '../meta.ts'
import { isSignedBy, type Note, noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import type { Break } from './report.ts'

export interface SignedFiles {
  /** Absent when LEDGER.json is missing or malformed. */
  readonly meta?: Meta
  /** Absent unless it is well formed and signed by the key it has to be signed by. */
  readonly checkpoint?: Checkpoint
  /** The origin, from LEDGER.json or else from the checkpoint; empty when neither tells. */
  readonly origin: string
  readonly breaks: Break[]
}

export async function checkSigned(dir: string, publicKeys: readonly Uint8Array[]): Promise<SignedFiles> {
  const breaks: Break[] = []
  const add = (code: LedgerErrorCode, file: string, message: string): void => {
    breaks.push({ code, n: -1, file, offset: 0, message })
  }
  // The checkpoint first: a live writer may move on, and what it covers was there before it was signed.
  const checkpointBytes = await read(dir, checkpointFile, noteBytesMax)
  const metaBytes = await read(dir, metaFile, metaBytesMax)
  const meta = checkMeta(metaBytes, publicKeys, add)
  if (meta && metaBytes) checkMetaNote(await read(dir, metaNoteFile, noteBytesMax), metaBytes, meta, add)

  const note = checkpointBytes && parseNote(checkpointBytes)
  const checkpoint = note && parseCheckpoint(note.text)
  const origin = meta?.origin ?? checkpoint?.origin ?? ''
  if (!checkpointBytes) {
    add('LEDGER_CHECKPOINT_MISSING', checkpointFile, 'there is no checkpoint: nothing here is signed')
  } else if (!note || !checkpoint) {
    add('LEDGER_CHECKPOINT_MALFORMED', checkpointFile, 'this is not a signed checkpoint')
  } else if (checkpoint.origin !== origin) {
    add('LEDGER_CHECKPOINT_MALFORMED', checkpointFile, `this is a checkpoint of ${checkpoint.origin}`)
  } else if (!isSignedByAny(note, origin, meta ? [keyOf(meta)] : publicKeys)) {
    add('LEDGER_CHECKPOINT_UNSIGNED', checkpointFile, `no valid signature of ${origin}`)
  } else {
    return { ...(meta && { meta }), checkpoint, origin, breaks }
  }
  return { ...(meta && { meta }), origin, breaks }
}

type Add = (code: LedgerErrorCode, file: string, message: string) => void

function checkMeta(bytes: Buffer | undefined, publicKeys: readonly Uint8Array[], add: Add): Meta | undefined {
  if (!bytes) {
    add('LEDGER_META_MISSING', metaFile, 'LEDGER.json is missing, or is no file that can be read')
    return undefined
  }
  const meta = parseMeta(bytes)
  if (typeof meta === 'string') {
    add('LEDGER_META_MALFORMED', metaFile, `LEDGER.json: ${meta}`)
    return undefined
  }
  const key = keyOf(meta)
  if (publicKeys.length > 0 && !publicKeys.some((one) => key.equals(one))) {
    add('LEDGER_KEY_UNKNOWN', metaFile, `the key ${meta.publicKey} is none of the ${publicKeys.length} pinned`)
  }
  return meta
}

function checkMetaNote(bytes: Buffer | undefined, metaBytes: Buffer, meta: Meta, add: Add): void {
  const note = bytes && parseNote(bytes)
  if (!bytes) {
    add('LEDGER_META_UNSIGNED', metaNoteFile, 'LEDGER.note is missing: nobody signed LEDGER.json')
  } else if (note?.text !== formatMetaNote(meta.origin, metaBytes)) {
    add('LEDGER_META_UNSIGNED', metaNoteFile, 'LEDGER.note is not about this LEDGER.json')
  } else if (!isSignedByAny(note, meta.origin, [keyOf(meta)])) {
    add('LEDGER_META_UNSIGNED', metaNoteFile, `LEDGER.note has no valid signature of ${meta.origin}`)
  }
}

function isSignedByAny(note: Note, name: string, publicKeys: readonly Uint8Array[]): boolean {
  return publicKeys.some((publicKey) => isSignedBy(note, { name, publicKey }))
}

function keyOf(meta: Meta): Buffer {
  return Buffer.from(meta.publicKey, 'base64')
}

/** A file that cannot be read is as good as missing, and reported as such. */
function read(dir: string, name: string, bytesMax: number): Promise<Buffer | undefined> {
  return readSmallFile(join(dir, name), bytesMax).catch(() => undefined)
}
