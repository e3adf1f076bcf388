/**
 * Opens a keys directory, making it on first use.
 *
 *     <dir>/.gitignore            `*`: keys must not reach a repository
 *     <dir>/log.pem               Ed25519, PKCS#8, signs checkpoints
 *     <dir>/log-000001.note       the first rotation of it: see `log-rotation.ts`
 *     <dir>/log-ml-dsa-44.pem     a second key for checkpoints, where one is asked for
 *     <dir>/epoch-<…>.key         keys that sign for an hour: see `epoch-files.ts`
 *     <dir>/stable-000001.key     token key for people, targets, sessions
 *     <dir>/monthly-2026-01.key   token key for addresses and devices of that month
 *     <dir>/subjects.key …        keys of single people: see `subject-files.ts`
 */
import { accessSync, constants, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { epochFiles } from './epoch-files.ts'
import { KeysError } from './errors.ts'
import {
  errorCode,
  findKeyFile,
  linkKeyFile,
  refuseOthers,
  syncDirectory,
  unfinishedPrefix,
  unusable,
} from './key-file.ts'
import { generateLogKey, parseLogKey } from './log-key.ts'
import { finishLogRotation, readLineage } from './log-rotation.ts'
import { makeDirectories } from './make-directories.ts'
import type { Keys, LogSigner, SecondSigner } from './ports.ts'
import { openSecondKey } from './second-key.ts'
import { openSubjectFiles } from './subject-files.ts'
import { openTokenFiles } from './token-files.ts'

/** Older files of unfinished creations belong to processes that crashed. */
const unfinishedMsMax = 3_600_000

export interface OpenKeysOptions {
  /** The directory; made with mode 0700 when it does not exist. Not the data directory, and not inside it. */
  readonly dir: string
  /** False for readers: a directory that does not exist, or lacks keys, is KEYS_DIR_UNUSABLE. Default: true. */
  readonly create?: boolean
  /**
   * True for a second signature, ML-DSA-44, on every checkpoint of ledgers made from now on. Needs Node 24.6: an older one
   * throws KEYS_ALGORITHM_UNKNOWN. Default: false.
   */
  readonly mlDsa44?: boolean
  /** Told what goes wrong later, when a new month's key cannot be made: the old key stays in use. Default: nobody. */
  readonly onProblem?: (error: KeysError) => void
  readonly clock?: { now(): number }
}

/**
 * The keys in a directory, each created once: processes that open it together end up with the same ones.
 *
 * Synchronous; when it returns, every key is on disk. Throws a `KeysError`: KEYS_READABLE_BY_OTHERS when the mode of the
 * directory or of a key lets group or others in, KEYS_FILE_INVALID for a damaged key, KEYS_ALGORITHM_UNKNOWN for `mlDsa44` on a
 * Node.js without it, KEYS_DIR_UNUSABLE for the rest; the message names the path. A damaged key is never replaced, since what was made with it would be lost unnoticed.
 *
 *     const keys = openKeys({ dir: '/etc/trailmark/keys' })
 *     keys.log.sign(checkpoint)
 */
export function openKeys(options: OpenKeysOptions): Keys {
  const dir = resolve(options.dir)
  const { create = true, clock = Date, onProblem = () => undefined } = options
  prepareDirectory(dir, create)
  const isWritable = canWrite(dir)
  if (isWritable) finishLogRotation(dir)
  const { log, created } = openLogKey(join(dir, 'log.pem'), create)
  const signer = withRotations(dir, log, options.mlDsa44 === true ? openSecondKey(dir, create) : undefined)
  const tokens = openTokenFiles({ dir, create, clock, onProblem })
  const subjects = openSubjectFiles({ dir, create, clock, onProblem })
  const epochs = isWritable ? epochFiles(dir, clock) : undefined
  // Once for all names, whoever made them: another process may have linked a key a moment ago and not got here yet.
  if (create && isWritable) settle(dir)
  return { dir, created, log: signer, ...(epochs && { epochs }), tokens, subjects }
}

function withRotations(dir: string, log: LogSigner, second: SecondSigner | undefined): LogSigner {
  const lineage = readLineage(dir, Buffer.from(log.publicKey).toString('base64')).map(({ bytes }) => bytes)
  return { ...log, ...(lineage.length > 0 && { lineage }), ...(second && { second }) }
}

function settle(dir: string): void {
  try {
    syncDirectory(dir)
  } catch (error) {
    throw unusable(dir, error)
  }
}

function canWrite(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function prepareDirectory(dir: string, create: boolean): void {
  try {
    if (create) makeDirectories(dir, 0o700)
    const stats = statSync(dir)
    if (!stats.isDirectory()) throw new KeysError('KEYS_DIR_UNUSABLE', `${dir} is not a directory`)
    refuseOthers(dir, stats, '0700')
    if (!create) return
    try {
      writeFileSync(join(dir, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 })
    } catch (error) {
      // A directory mounted read-only still serves, as long as every key is in it.
      if (errorCode(error) !== 'EEXIST' && errorCode(error) !== 'EROFS') throw error
    }
    removeUnfinished(dir)
  } catch (error) {
    throw unusable(dir, error)
  }
}

function removeUnfinished(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (!name.startsWith(unfinishedPrefix)) continue
    try {
      const path = join(dir, name)
      if (Date.now() - statSync(path).mtimeMs > unfinishedMsMax) unlinkSync(path)
    } catch {
      // Another process removed it, or finished just now.
    }
  }
}

function openLogKey(path: string, create: boolean): { log: LogSigner; created: boolean } {
  let content = findKeyFile(path)
  let created = false
  if (content === undefined) {
    if (!create) throw new KeysError('KEYS_DIR_UNUSABLE', `${path} does not exist`)
    const generated = generateLogKey()
    linkKeyFile(path, generated)
    content = findKeyFile(path)
    created = content?.equals(generated) === true
  }
  const log = content && parseLogKey(content)
  if (log !== undefined) return { log, created }
  const problem = `${path} (${content?.length ?? 0} bytes) is not an unencrypted Ed25519 private key in PEM; restore it from a backup, or move it away to start with a new key that verifiers do not know yet`
  throw new KeysError('KEYS_FILE_INVALID', problem)
}
