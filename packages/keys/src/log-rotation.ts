/**
 * Replacing the log key: a new one, a statement signed by both, and the end of the old one.
 *
 *     1. log.next.pem      the new key; nothing names it yet
 *     2. log-000001.note   the statement, signed by both: from here on the rotation has happened
 *     3. log.pem           the new key takes the old one's place, in one step
 *     4. the old key is overwritten
 *
 * A crash between 2 and 4 is made good by whoever opens the directory next. Two processes that rotate at once do it once.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { KeysError } from './errors.ts'
import { createKeyFile, errorCode, findKeyFile, syncDirectory, unusable } from './key-file.ts'
import { generateLogKey, parseLogKey } from './log-key.ts'
import { type LogRotation, parseLogRotation, rotationNote, rotationText } from './log-rotation-note.ts'
import type { LogSigner } from './ports.ts'

const keyFile = 'log.pem'
const nextFile = 'log.next.pem'
const oldFile = 'log.old.pem'
const noteName = /^log-(\d{6})\.note$/
const rotationsMax = 999_999

/** A log key as one may speak of it. */
export interface LogKeyFacts {
  /** Base64 of 32 bytes: what a verifier pins. */
  readonly publicKey: string
  /** True for the key that signs now. */
  readonly current: boolean
  /** RFC 3339: when it took over; undefined for the first one. */
  readonly since?: string
  /** The statement by which it took over. */
  readonly file?: string
}

/** The log keys that lead to the current one, newest first. Throws KEYS_DIR_UNUSABLE and KEYS_FILE_INVALID. */
export function listLogKeys(dir: string): LogKeyFacts[] {
  const root = resolve(dir)
  const current = base64(readSigner(root, keyFile).publicKey)
  const rotations = readLineage(root, current)
  const [first] = rotations
  const keys: LogKeyFacts[] = rotations.map(({ to, time, file }) => {
    return { publicKey: to, current: to === current, since: time, file }
  })
  return [{ publicKey: first?.from ?? current, current: !first }, ...keys].reverse()
}

/**
 * Replaces the log key. Processes that run go on with the old one, in memory, until they are started again; then they continue
 * their ledgers with the new one, and `trailmark verify` follows from any key that was pinned before.
 *
 * Durable when it returns, and the old private key is destroyed. Throws KEYS_DIR_UNUSABLE and KEYS_FILE_INVALID.
 */
export function rotateLogKey(dir: string, clock: { now(): number } = Date): { previous: string; current: string } {
  const root = resolve(dir)
  finishLogRotation(root)
  const old = readSigner(root, keyFile)
  const numbers = notesIn(root).map((file) => Number(noteName.exec(file)?.[1]))
  const number = Math.max(0, ...numbers) + 1
  if (number > rotationsMax) throw new KeysError('KEYS_DIR_UNUSABLE', `${root}: no number is left for a rotation`)
  createKeyFile(join(root, nextFile), generateLogKey())
  const next = readSigner(root, nextFile)
  const publicKeys = [old.publicKey, next.publicKey]
  const text = rotationText(old.publicKey, next.publicKey, clock.now())
  const message = Buffer.from(text)
  const note = rotationNote(text, publicKeys, [old.sign(message), next.sign(message)])
  createKeyFile(join(root, `log-${String(number).padStart(6, '0')}.note`), note)
  finishLogRotation(root)
  return { previous: base64(old.publicKey), current: base64(readSigner(root, keyFile).publicKey) }
}

/** Does what a crash left undone of steps 3 and 4; nothing where nothing was. Throws KEYS_DIR_UNUSABLE. */
export function finishLogRotation(root: string): void {
  const next = readIfThere(root, nextFile)
  // Without a next key nothing was begun, and nobody has to read this one twice.
  const old = next && readIfThere(root, keyFile)
  if (next && old) {
    const [from, to] = [base64(old.publicKey), base64(next.publicKey)]
    if (readNotes(root).some((one) => one.from === from && one.to === to)) replaceKey(root)
  }
  try {
    destroyOld(root)
  } catch (error) {
    throw unusable(join(root, oldFile), error)
  }
}

/** The statements that lead to a key, oldest first. A damaged one is KEYS_FILE_INVALID if it is needed, and else no matter. */
export function readLineage(root: string, current: string): (LogRotation & { readonly file: string })[] {
  const notes = readNotes(root)
  const lineage: (LogRotation & { readonly file: string })[] = []
  for (let key = current; ; ) {
    const before = notes.findLast((one) => one.to === key)
    if (!before || lineage.includes(before)) break
    lineage.unshift(before)
    key = before.from
  }
  return lineage
}

function readNotes(root: string): (LogRotation & { readonly file: string })[] {
  return notesIn(root).map((file) => {
    const content = findKeyFile(join(root, file))
    const rotation = content && parseLogRotation(content)
    if (rotation) return { ...rotation, bytes: Uint8Array.from(rotation.bytes), file }
    const problem = `${join(root, file)} is no statement about a rotation: restore it from a backup, or from keys/ in a ledger`
    throw new KeysError('KEYS_FILE_INVALID', problem)
  })
}

function notesIn(root: string): string[] {
  try {
    return readdirSync(root)
      .filter((name) => noteName.test(name))
      .sort()
  } catch (error) {
    throw unusable(root, error)
  }
}

function readIfThere(root: string, file: string): LogSigner | undefined {
  const content = findKeyFile(join(root, file))
  return content && parseLogKey(content)
}

function readSigner(root: string, file: string): LogSigner {
  const signer = readIfThere(root, file)
  if (signer) return signer
  throw new KeysError('KEYS_FILE_INVALID', `${join(root, file)} is damaged or gone; restore it from a backup`)
}

/** A second name keeps the old key findable until it is overwritten, whatever happens in between. */
function replaceKey(root: string): void {
  const path = join(root, keyFile)
  let held: number | undefined
  try {
    held = openSync(path, 'r+')
    try {
      linkSync(path, join(root, oldFile))
    } catch {
      // No links here, or another process was faster: what is open is overwritten all the same.
    }
    renameSync(join(root, nextFile), path)
    syncDirectory(root)
    if (fstatSync(held).ino !== statSync(path).ino) wipe(held)
  } catch (error) {
    // Another process did it in between.
    if (errorCode(error) !== 'ENOENT') throw unusable(path, error)
  } finally {
    if (held !== undefined) closeSync(held)
  }
}

function destroyOld(root: string): void {
  let fd: number
  try {
    fd = openSync(join(root, oldFile), 'r+')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  try {
    // Linked and not replaced: then both names are the one key that is in use.
    if (fstatSync(fd).ino !== statSync(join(root, keyFile)).ino) wipe(fd)
  } finally {
    closeSync(fd)
  }
  try {
    unlinkSync(join(root, oldFile))
    syncDirectory(root)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

function wipe(fd: number): void {
  writeSync(fd, Buffer.alloc(fstatSync(fd).size), 0)
  fsyncSync(fd)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
