/**
 * What an opening has to know of the key statements in a writer directory: the newest epoch, and who may have signed what.
 *
 * It reads from the newest statement backwards and no further than it must, since a year has thousands of them; `verify`
 * reads them all.
 */
import { join } from 'node:path'
import { readSmall } from '../append/small-file.ts'
import type { Disk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
import { keyStatementFile, keyStatementsAmong, keysDirectory } from '../layout.ts'
import { isSignedBy, type Note, noteBytesMax, parseNote } from '../note.ts'
import type { Reigns } from './checkpoint-signers.ts'
import { type EpochStatement, epochKeyName, parseStatement } from './key-statement.ts'
import { keysOf, parseRotationNote, type Rotation } from './lineage.ts'

export interface KeysFound {
  /** The number of the next statement. */
  readonly nextNumber: number
  readonly newest?: EpochStatement
  /** Rotations that the directory does not hold, oldest first. */
  readonly lacking: readonly Rotation[]
  readonly reigns: Reigns
}

/** What a directory is opened with: the row of log keys that ends with the signer's. */
export interface OpenedWith {
  readonly publicKey: string
  readonly lineage: readonly Rotation[]
}

/** Throws LEDGER_KEYS_*, and LEDGER_KEY_CHANGED when the directory knows a newer log key than the signer. */
export function readKeys(
  disk: Disk,
  dir: string,
  meta: { readonly origin: string; readonly publicKey: string },
  { publicKey, lineage }: OpenedWith,
): KeysFound {
  const logKeys = keysOf(lineage, publicKey).slice(Math.max(0, keysOf(lineage, publicKey).indexOf(meta.publicKey)))
  const nextNumber = countStatements(disk, dir)
  const { epoch, rotations } = readBack(disk, dir, meta.origin, nextNumber)
  const last = rotations.at(-1)
  if (last && !keysOf(lineage, publicKey).includes(last.to)) {
    const problem = `${dir} has a log key ${last.to}, which the signer does not know of`
    throw new LedgerError('LEDGER_KEY_CHANGED', problem)
  }
  const held = lineage.findIndex((one) => one.to === last?.to)
  if (!epoch) return { nextNumber, lacking: lineage.slice(held + 1), reigns: { now: { logKeys } } }

  const signedBy = checkEpoch(epoch, dir, meta.origin, logKeys)
  const at = logKeys.indexOf(signedBy)
  // Whatever leads to the key that signed it was put on record before it.
  const known = Math.max(
    held,
    lineage.findIndex((one) => one.to === signedBy),
  )
  const earlier = readBack(disk, dir, meta.origin, epoch.statement.number).epoch
  return {
    nextNumber,
    newest: epoch.statement,
    lacking: lineage.slice(known + 1),
    reigns: {
      now: { logKeys: logKeys.slice(at), epochKey: epoch.statement.publicKey },
      before: {
        logKeys: logKeys.slice(0, at + 1),
        sizeMax: epoch.statement.size,
        ...(earlier && { epochKey: earlier.statement.publicKey }),
      },
    },
  }
}

interface EpochNote {
  readonly note: Note
  readonly statement: EpochStatement
}

function countStatements(disk: Disk, dir: string): number {
  const place = join(dir, keysDirectory)
  const numbers = disk.findFacts(place) ? keyStatementsAmong(disk.list(place)) : []
  const hole = numbers.findIndex((number, i) => number !== i)
  if (hole >= 0) throw new LedgerError('LEDGER_KEYS_MISSING', `${join(dir, keyStatementFile(hole))} is missing`)
  return numbers.length
}

/** The newest epoch below `number`, and the rotations behind it, oldest first. */
function readBack(
  disk: Disk,
  dir: string,
  origin: string,
  number: number,
): { epoch?: EpochNote; rotations: readonly Rotation[] } {
  const rotations: Rotation[] = []
  for (let at = number - 1; at >= 0; at--) {
    const path = join(dir, keyStatementFile(at))
    const bytes = readSmall(disk, path, noteBytesMax) ?? Buffer.alloc(0)
    const note = parseNote(bytes)
    const statement = note && parseStatement(note.text)
    if (note && statement?.kind === 'epoch' && statement.origin === origin && statement.number === at)
      return { epoch: { note, statement }, rotations }
    const rotation = parseRotationNote(bytes)
    if (!rotation) throw new LedgerError('LEDGER_KEYS_MALFORMED', `${path} is no key statement of ${origin}`)
    rotations.unshift(rotation)
  }
  return { rotations }
}

/** The log key that signed it. */
function checkEpoch({ note, statement }: EpochNote, dir: string, origin: string, logKeys: readonly string[]): string {
  const path = join(dir, keyStatementFile(statement.number))
  const signed = (name: string, key: string): boolean =>
    isSignedBy(note, { name, publicKey: Buffer.from(key, 'base64') })
  const logKey = logKeys.findLast((key) => signed(origin, key))
  const epochKeys = [statement.publicKey, ...(statement.previous === undefined ? [] : [statement.previous])]
  if (!epochKeys.every((key) => signed(epochKeyName(origin), key)))
    throw new LedgerError('LEDGER_KEYS_UNSIGNED', `${path} is not signed by all the keys it has to be signed by`)
  if (logKey !== undefined) return logKey
  throw new LedgerError('LEDGER_KEY_CHANGED', `${path} is signed by a log key that the signer does not know of`)
}
