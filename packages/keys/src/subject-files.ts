/**
 * Opens the subject keys of a keys directory:
 *
 *     <dir>/subjects.key             finds a person's slots; whoever has it can test a guess, and read nothing
 *     <dir>/kek-000001.key           wraps the subject keys; renewed by `rotateKek()`
 *     <dir>/subjects/w-….slots       one file for each process that made keys
 */

import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KeysError } from './errors.ts'
import { errorCode, findKeyFile, linkKeyFile, refuseOthers, unfinishedPrefix, unusable } from './key-file.ts'
import { generateKeyLine, parseKeyLine } from './key-line.ts'
import { makeDirectories } from './make-directories.ts'
import type { SubjectKeys } from './ports.ts'
import { realIo, type SlotIo } from './slot-io.ts'
import { FileSlots, MemorySlots } from './slot-store.ts'
import { SlotTable } from './slot-table.ts'
import { SubjectStore } from './subject-store.ts'

const format = 'trailmark-index-key-1'
const unfinishedMsMax = 3_600_000

export interface SubjectFilesOptions {
  /** The keys directory, which exists. */
  readonly dir: string
  readonly create: boolean
  readonly clock: { now(): number }
  readonly onProblem: (error: KeysError) => void
  /** For tests. */
  readonly io?: SlotIo
}

/** Reads every slot. Throws KEYS_FILE_INVALID, KEYS_READABLE_BY_OTHERS and KEYS_DIR_UNUSABLE, naming the file. */
export function openSubjectFiles(options: SubjectFilesOptions): SubjectKeys {
  const { dir: keysDir, create, clock, onProblem, io = realIo } = options
  const dir = join(keysDir, 'subjects')
  prepare(dir, create)
  const indexKey = openIndexKey(join(keysDir, 'subjects.key'), create, clock.now())
  const tell = (error: KeysError): void => {
    try {
      onProblem(error)
    } catch {
      // Nobody is left to tell.
    }
  }
  const check = () => checkIndexKey(join(keysDir, 'subjects.key'), indexKey)
  const slots = new FileSlots({ keysDir, dir, create, table: new SlotTable(), io, clock, onProblem: tell, check })
  const store = new SubjectStore({ slots, indexKey, clock, onProblem: tell })
  void slots.tidy().catch((error: unknown) => tell(unusable(dir, error)))
  return store
}

/** Subject keys that end with the process. */
export function memorySubjects(clock: { now(): number } = Date): SubjectKeys {
  const indexKey = createSecretKey(randomBytes(32))
  return new SubjectStore({ slots: new MemorySlots(new SlotTable()), indexKey, clock, onProblem: () => undefined })
}

function prepare(dir: string, create: boolean): void {
  try {
    if (create) makeDirectory(dir)
    const stats = statSync(dir, { throwIfNoEntry: false })
    if (stats === undefined) return
    if (!stats.isDirectory()) throw new KeysError('KEYS_DIR_UNUSABLE', `${dir} is not a directory`)
    refuseOthers(dir, stats, '0700')
    if (create) removeUnfinished(dir)
  } catch (error) {
    throw unusable(dir, error)
  }
}

function makeDirectory(dir: string): void {
  try {
    makeDirectories(dir, 0o700)
  } catch (error) {
    // Keys mounted read-only, made before there were any for single people: people are named by tokens then.
    if (errorCode(error) !== 'EROFS') throw error
  }
}

/** Half a copy of slots that a crashed process left. */
function removeUnfinished(dir: string): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    const stats = name.startsWith(unfinishedPrefix) ? statSync(path, { throwIfNoEntry: false }) : undefined
    if (stats !== undefined && Date.now() - stats.mtimeMs > unfinishedMsMax) rmSync(path, { force: true })
  }
}

function openIndexKey(path: string, create: boolean, nowMs: number): KeyObject | undefined {
  let content = findKeyFile(path)
  if (content === undefined) {
    if (!create) return undefined
    try {
      linkKeyFile(path, generateKeyLine(format, nowMs))
    } catch (error) {
      if (!isReadOnly(error)) throw error
      return undefined
    }
    content = findKeyFile(path)
  }
  const line = content && parseKeyLine(format, content)
  if (line !== undefined) return line.key
  const problem = `${path} (${content?.length ?? 0} bytes) is damaged; restore it from a backup, or nobody's keys are found again`
  throw new KeysError('KEYS_FILE_INVALID', problem)
}

/**
 * Slots made with one index key and put beside another would be found by nobody, so their people could not be forgotten.
 * That happens where a keys directory is replaced, or removed and made anew, while a process goes on with what it has read.
 */
function checkIndexKey(path: string, opened: KeyObject | undefined): void {
  const content = findKeyFile(path)
  const found = content && parseKeyLine(format, content)?.key
  if (opened !== undefined && found?.equals(opened) === true) return
  const what = content === undefined ? 'was removed' : 'is not the one that was opened'
  throw new KeysError('KEYS_FILE_INVALID', `${path} ${what}: put it back, or start again with this directory`)
}

function isReadOnly(error: unknown): boolean {
  return error instanceof KeysError && errorCode(error.cause) === 'EROFS'
}
