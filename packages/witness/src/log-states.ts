/**
 * What the witness remembers: for each log the newest checkpoint it cosigned, one file each, `logs/<SHA-256 of origin>.note`.
 *
 * The file is the cosigned note itself, so that anybody can check it, and the witness does when it starts: a memory that was
 * damaged must stop it, because one that forgets signs forks. Names are hashes, since origins come from outside.
 */
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { type Disk, makeDirectoryDurably, readSmall, replaceFileDurably } from '@trailmark/ledger'
import {
  type Checkpoint,
  findCosignature,
  type Note,
  noteBytesMax,
  parseCheckpoint,
  parseNote,
  type VerifierKey,
} from '@trailmark/ledger/notes'
import { systemCode, WitnessError } from './errors.ts'

/** More logs than this are not remembered, and so not cosigned: a trusted key could fill the disk with origins. */
export const logsMax = 10_000
const fileName = /^([0-9a-f]{64})\.note$/

/** The newest checkpoint of one log. */
export interface LogState {
  readonly checkpoint: Checkpoint
  readonly note: Note
  /** When it was cosigned, in seconds since 1970. */
  readonly timeS: number
  /** The cosignature, as it was given. */
  readonly line: string
  /** False for what was read back: it may be newer than what a crash would leave. */
  readonly durable: boolean
}

export class LogStates {
  readonly #disk: Disk
  readonly #dir: string
  readonly #own: VerifierKey
  /** Undefined under a name: what is on the disk has to be read again. */
  readonly #states = new Map<string, LogState | undefined>()
  /** Names of files that were seen: one of these that is missing was taken away. */
  readonly #seen = new Set<string>()

  /** Reads and checks everything. Throws WITNESS_STATE_DAMAGED, WITNESS_DIR_UNUSABLE. */
  constructor(disk: Disk, dir: string, own: VerifierKey) {
    this.#disk = disk
    this.#dir = join(dir, 'logs')
    this.#own = own
    try {
      makeDirectoryDurably(disk, this.#dir)
      for (const name of disk.list(this.#dir)) {
        const found = fileName.exec(name)?.[1]
        if (found !== undefined) this.#states.set(found, this.#read(found))
        else if (name.endsWith('.tmp')) disk.remove(join(this.#dir, name))
        else throw new WitnessError('WITNESS_STATE_DAMAGED', `${join(this.#dir, name)} is no file of a witness`)
      }
    } catch (error) {
      throw error instanceof WitnessError ? error : unusable(this.#dir, error)
    }
  }

  get count(): number {
    return this.#states.size
  }

  /** Undefined for a log that was never cosigned. Throws WITNESS_STATE_DAMAGED, WITNESS_DIR_UNUSABLE. */
  find(origin: string): LogState | undefined {
    const name = nameOf(origin)
    if (!this.#states.has(name)) return undefined
    const known = this.#states.get(name)
    if (known !== undefined) return known
    // A write failed half-way. Both what was there and what was written are sound; this tells which it is.
    try {
      const found = this.#read(name)
      if (found) this.#states.set(name, found)
      else this.#states.delete(name)
      return found
    } catch (error) {
      throw error instanceof WitnessError ? error : unusable(this.#dir, error)
    }
  }

  /** Resolves once the state would survive a crash. Rejects with WITNESS_STATE_UNWRITTEN or WITNESS_LOGS_MAX. */
  async store(origin: string, bytes: Uint8Array, state: LogState): Promise<void> {
    const name = nameOf(origin)
    if (!this.#states.has(name) && this.#states.size >= logsMax)
      throw new WitnessError(
        'WITNESS_LOGS_MAX',
        `${logsMax} logs are remembered; ${JSON.stringify(origin.slice(0, 200))} is one more`,
      )
    this.#states.set(name, undefined)
    try {
      await replaceFileDurably(this.#disk, join(this.#dir, `${name}.note`), bytes)
    } catch (error) {
      const why = `${this.#dir}: ${systemCode(error) || 'unknown error'}`
      throw new WitnessError('WITNESS_STATE_UNWRITTEN', why, { cause: error })
    }
    this.#states.set(name, state)
    this.#seen.add(name)
  }

  #read(name: string): LogState | undefined {
    const path = join(this.#dir, `${name}.note`)
    const bytes = readSmall(this.#disk, path, noteBytesMax)
    if (bytes === undefined && !this.#seen.has(name)) return undefined
    const note = bytes && parseNote(bytes)
    const checkpoint = note && parseCheckpoint(note.text)
    const own = note && findCosignature(note, this.#own)
    if (!note || !checkpoint || !own || nameOf(checkpoint.origin) !== name)
      throw new WitnessError(
        'WITNESS_STATE_DAMAGED',
        `${path} is not a checkpoint of its log cosigned by ${this.#own.name}`,
      )
    this.#seen.add(name)
    return { checkpoint, note, timeS: own.timeS, line: own.line, durable: false }
  }
}

export function nameOf(origin: string): string {
  return hash('sha256', origin)
}

function unusable(path: string, error: unknown): WitnessError {
  return new WitnessError('WITNESS_DIR_UNUSABLE', `${path}: ${systemCode(error) || 'unknown error'}`, { cause: error })
}
