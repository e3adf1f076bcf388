/**
 * The signed files of a writer directory: what it says it is, who signed that, and how far the log was signed.
 *
 * Nothing in LEDGER.json is believed because it stands there: LEDGER.note signs it, the checkpoint names the same origin, and a
 * pinned key, if there is one, is the key of both or one that led to it.
 */
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import type { LedgerErrorCode } from '../errors.ts'
import { findReign } from '../keep/checkpoint-signers.ts'
import { epochKeyName } from '../keep/key-statement.ts'
import { checkSecond } from '../keep/second-signature.ts'
import { checkpointFile, keyStatementFile, metaFile, metaNoteFile } from '../layout.ts'
import { formatMetaNote, type Meta, metaBytesMax, parseMeta } from '../meta.ts'
import { isSignedBy, type Note, noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { checkKeys, type KeysCheck } from './check-keys.ts'
import type { Break, Note as ReportNote } from './report.ts'

export interface SignedFiles {
  /** Absent when LEDGER.json is missing or malformed. */
  readonly meta?: Meta
  /** Absent unless it is well formed and signed by the keys it has to be signed by. */
  readonly checkpoint?: Checkpoint
  /** Absent without LEDGER.json. */
  readonly keys?: KeysCheck
  /** The origin, from LEDGER.json or else from the checkpoint; empty when neither tells. */
  readonly origin: string
  readonly breaks: Break[]
  readonly notes: readonly ReportNote[]
}

export async function checkSigned(dir: string, publicKeys: readonly Uint8Array[]): Promise<SignedFiles> {
  // The checkpoint first: a live writer may move on, and what it covers was there before it was signed.
  let bytes = await read(dir, checkpointFile, noteBytesMax)
  for (let tries = 1; ; tries++) {
    const found = await checkOnce(dir, bytes, publicKeys)
    const again = found.checkpoint || tries === triesMax ? bytes : await read(dir, checkpointFile, noteBytesMax)
    // One that is two epochs older than the statements was fine when it was read, if there is another one now.
    if (again === bytes || !again || bytes?.equals(again)) return found
    bytes = again
  }
}

const triesMax = 5

async function checkOnce(
  dir: string,
  checkpointBytes: Buffer | undefined,
  publicKeys: readonly Uint8Array[],
): Promise<SignedFiles> {
  const breaks: Break[] = []
  const notes: ReportNote[] = []
  const add = (code: LedgerErrorCode, file: string, message: string): void => {
    breaks.push({ code, n: -1, file, offset: 0, message })
  }
  const metaBytes = await read(dir, metaFile, metaBytesMax)
  const meta = checkMeta(metaBytes, add)
  const keys = meta && (await checkKeys(dir, meta))
  if (meta && keys && metaBytes) checkMetaNote(await read(dir, metaNoteFile, noteBytesMax), metaBytes, meta, keys, add)

  const note = checkpointBytes && parseNote(checkpointBytes)
  const checkpoint = note && parseCheckpoint(note.text)
  const origin = meta?.origin ?? checkpoint?.origin ?? ''
  const who = { ...(meta && { meta }), ...(keys && { keys }), origin }
  if (!checkpointBytes) {
    add('LEDGER_CHECKPOINT_MISSING', checkpointFile, 'there is no checkpoint: nothing here is signed')
  } else if (!note || !checkpoint) {
    add('LEDGER_CHECKPOINT_MALFORMED', checkpointFile, 'this is not a signed checkpoint')
  } else if (checkpoint.origin !== origin) {
    add('LEDGER_CHECKPOINT_MALFORMED', checkpointFile, `this is a checkpoint of ${checkpoint.origin}`)
  } else {
    const signedBy = findSigner(note, checkpoint, keys, publicKeys, add)
    checkPinned(meta, keys, signedBy, publicKeys, add)
    if (keys) breaks.push(...keys.breaks)
    if (meta && keys) checkPolicy(note, meta, keys, add)
    if (meta?.secondKey !== undefined) notes.push(...checkSecondKey(note, checkpoint, meta.secondKey, add))
    return { ...who, ...(signedBy !== undefined && { checkpoint }), breaks, notes }
  }
  checkPinned(meta, keys, undefined, publicKeys, add)
  return { ...who, breaks: [...breaks, ...(keys?.breaks ?? [])], notes }
}

type Add = (code: LedgerErrorCode, file: string, message: string) => void

/** The log key, in base64, that signed the checkpoint together with the epoch it has to be of. */
function findSigner(
  note: Note,
  { origin, size }: Checkpoint,
  keys: KeysCheck | undefined,
  publicKeys: readonly Uint8Array[],
  add: Add,
): string | undefined {
  const pinned = publicKeys.map((key) => Buffer.from(key).toString('base64'))
  const found = findReign(note, origin, size, keys?.reigns ?? { now: { logKeys: pinned } })
  if (typeof found === 'object') return found.logKey
  if (found === 'log key') add('LEDGER_CHECKPOINT_UNSIGNED', checkpointFile, `no valid signature of ${origin}`)
  else add('LEDGER_EPOCH_UNSIGNED', checkpointFile, `no valid signature of ${epochKeyName(origin)}`)
  return undefined
}

/** A pinned key leads to those after it: it has to stand in the row, and not behind the one that signed. */
function checkPinned(
  meta: Meta | undefined,
  keys: KeysCheck | undefined,
  signedBy: string | undefined,
  publicKeys: readonly Uint8Array[],
  add: Add,
): void {
  if (!meta || !keys || publicKeys.length === 0) return
  const until = Math.max(keys.logKeys.indexOf(meta.publicKey), keys.logKeys.indexOf(signedBy ?? ''))
  const trusted = keys.logKeys.slice(0, until + 1)
  if (publicKeys.some((key) => trusted.includes(Buffer.from(key).toString('base64')))) return
  add('LEDGER_KEY_UNKNOWN', metaFile, `the key ${meta.publicKey} is none of the ${publicKeys.length} pinned`)
}

/** Statements that are gone altogether leave two traces: LEDGER.json promises them, and the checkpoint was signed by an epoch. */
function checkPolicy(note: Note, meta: Meta, { epochs, breaks }: KeysCheck, add: Add): void {
  const isOfEpoch = note.signatures.some((one) => one.name === epochKeyName(meta.origin))
  if (epochs.length > 0 || breaks.length > 0 || !(meta.epochs || isOfEpoch)) return
  add('LEDGER_KEYS_MISSING', keyStatementFile(0), 'the checkpoint is of an epoch, and no statement of any is there')
}

function checkSecondKey(note: Note, checkpoint: Checkpoint, secondKey: string, add: Add): ReportNote[] {
  const found = checkSecond(note, checkpoint, Buffer.from(secondKey, 'base64'))
  if (found === 'missing' || found === 'invalid') {
    const message = found === 'missing' ? 'there is no ML-DSA-44 signature' : 'the ML-DSA-44 signature is not valid'
    add('LEDGER_SECOND_UNSIGNED', checkpointFile, message)
  }
  if (found !== 'unchecked') return []
  const message = `the ML-DSA-44 signature was not checked: Node.js ${process.versions.node} does not know it, 24.6 does`
  return [{ code: 'LEDGER_SECOND_UNCHECKED', message }]
}

function checkMeta(bytes: Buffer | undefined, add: Add): Meta | undefined {
  if (!bytes) {
    add('LEDGER_META_MISSING', metaFile, 'LEDGER.json is missing, or is no file that can be read')
    return undefined
  }
  const meta = parseMeta(bytes)
  if (typeof meta !== 'string') return meta
  add('LEDGER_META_MALFORMED', metaFile, `LEDGER.json: ${meta}`)
  return undefined
}

/** Where the signer needs time it is signed late, and may be by a key that came later. */
function checkMetaNote(bytes: Buffer | undefined, metaBytes: Buffer, meta: Meta, keys: KeysCheck, add: Add): void {
  const note = bytes && parseNote(bytes)
  const { logKeys } = keys
  const from = Math.max(0, logKeys.indexOf(meta.publicKey))
  if (!bytes) {
    add('LEDGER_META_UNSIGNED', metaNoteFile, 'LEDGER.note is missing: nobody signed LEDGER.json')
  } else if (note?.text !== formatMetaNote(meta.origin, metaBytes)) {
    add('LEDGER_META_UNSIGNED', metaNoteFile, 'LEDGER.note is not about this LEDGER.json')
  } else if (!isSignedByAny(note, meta.origin, [meta.publicKey, ...logKeys.slice(from)])) {
    add('LEDGER_META_UNSIGNED', metaNoteFile, `LEDGER.note has no valid signature of ${meta.origin}`)
  }
}

function isSignedByAny(note: Note, name: string, publicKeys: readonly string[]): boolean {
  return publicKeys.some((key) => isSignedBy(note, { name, publicKey: Buffer.from(key, 'base64') }))
}

/** A file that cannot be read is as good as missing, and reported as such. */
function read(dir: string, name: string, bytesMax: number): Promise<Buffer | undefined> {
  return readSmallFile(join(dir, name), bytesMax).catch(() => undefined)
}
