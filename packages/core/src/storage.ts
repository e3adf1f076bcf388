/**
 * Where records and keys live: opens keys and ledgers, and decides what happens when the default place cannot be used.
 *
 *     given by option or environment    unusable → the start fails and names it
 *     default, NODE_ENV=development     unusable → memory, with a notice
 *     default, anything else            unusable → the start fails: a production trail in memory is none
 */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type Keys, memoryKeys, openKeys } from '@trailmark/keys'
import { openLedger } from '@trailmark/ledger'
import type { Clock } from './clock.ts'
import type { Configuration, Platform } from './configuration.ts'
import { AuditError } from './errors.ts'
import { makeDirectories } from './make-directories.ts'
import type { Notices } from './notice.ts'
import type { AuditOptions } from './options.ts'
import { openMemoryLog } from './record/memory-log.ts'
import type { OpenRecordLog } from './record/record-log.ts'

export interface Storage {
  readonly kind: 'disk' | 'memory' | 'own'
  readonly keys: Keys
  readonly open: OpenRecordLog
  /** Root of the ledgers; only on disk. */
  readonly dir?: string
  /** True where the log key was made by this start. */
  readonly keysCreated: boolean
}

interface Place {
  readonly path: string
  /** How it was given, for messages: `option dir`, `TRAILMARK_DIR`; undefined for the default. */
  readonly given?: string
}

/** Given up when the disk is full, so that the records that say so can be written. */
const reserveBytes = 16 * 1024 * 1024

export interface OpenStorage {
  readonly options: AuditOptions
  readonly configuration: Pick<Configuration, 'service' | 'test' | 'production' | 'ack' | 'limits'>
  readonly platform: Platform
  readonly clock: Clock
  readonly notices: Notices
}

/** Opens keys and prepares the ledgers' root. Throws `AUDIT_DIR_UNUSABLE`, or the keys' own coded error. */
export function openStorage(from: OpenStorage): Storage {
  const { options, configuration, platform } = from
  const wanted = options.ledger ?? (configuration.test && options.dir === undefined ? 'memory' : 'disk')
  if (typeof wanted === 'function') return { kind: 'own', ...openOwnKeys(from), open: wanted }
  if (wanted === 'memory') return inMemory(from)
  const data = placeOf('dir', options.dir, 'TRAILMARK_DIR', platform, '.trailmark')
  try {
    return onDisk(from, data)
  } catch (error) {
    if (data.given !== undefined || platform.env.NODE_ENV !== 'development' || !isDirectoryTrouble(error)) throw error
    from.notices.notice(
      'AUDIT_IN_MEMORY',
      `${shown(platform, data.path)} cannot be used, so records stay in memory and end with the process: ${describe(error)}`,
    )
    return inMemory(from)
  }
}

function onDisk(from: OpenStorage, data: Place): Storage {
  const { configuration, notices, platform, clock } = from
  const made = prepareDirectory(data)
  const { keys, keysCreated, keysPath } = openOwnKeys(from)
  const news = [
    ...(made ? [`records go to ${shown(platform, data.path)}`] : []),
    ...(keysCreated && keysPath !== undefined ? [`keys are in ${shown(platform, keysPath)}`] : []),
  ]
  if (news.length > 0) notices.notice('AUDIT_CREATED', `${news.join(', ')} (new, ignored by git)`)
  if (keys.epochs === undefined && keysPath !== undefined) {
    const place = shown(platform, keysPath)
    notices.notice('AUDIT_KEYS epochs', `${place} cannot be written: nothing keeps past epochs from being signed again`)
  }
  const open: OpenRecordLog = ({ stream, retentionClass, onFact, beforeCommit }) => {
    const lane = `${stream}.${retentionClass}`
    return openLedger({
      dir: join(data.path, configuration.service.name, lane),
      origin: `${configuration.service.name}/${lane}`,
      stream,
      retentionClass,
      signer: keys.log,
      ack: configuration.ack,
      commitDelayMs: configuration.limits.commitDelayMs,
      onFact,
      clock,
      reserveBytes: holdsReserve(configuration, lane) ? reserveBytes : 0,
      ...(keys.epochs && { epochs: keys.epochs }),
      ...(beforeCommit && { beforeCommit }),
    })
  }
  const guarded: OpenRecordLog = (log) => {
    try {
      return open(log)
    } catch (error) {
      throw unusable(data, error)
    }
  }
  return { kind: 'disk', keys, keysCreated, open: guarded, dir: data.path }
}

/** One ledger is enough: it is the one that says what is missing. Tests start too often for so many bytes. */
function holdsReserve({ production }: Pick<Configuration, 'production'>, lane: string): boolean {
  return production && lane === 'audit.standard'
}

function inMemory(from: OpenStorage): Storage {
  const { options } = from
  if (options.keys !== undefined || options.keysDir !== undefined) {
    return { kind: 'memory', ...openOwnKeys(from), open: openMemoryLog }
  }
  return { kind: 'memory', keys: memoryKeys(), keysCreated: false, open: openMemoryLog }
}

function openOwnKeys(from: OpenStorage): { keys: Keys; keysCreated: boolean; keysPath?: string } {
  const { options, platform, notices, configuration } = from
  if (options.keys !== undefined) return { keys: options.keys, keysCreated: false }
  if (configuration.test && options.keysDir === undefined) return { keys: memoryKeys(), keysCreated: false }
  const place = placeOf('keysDir', options.keysDir, 'TRAILMARK_KEYS_DIR', platform, '.trailmark-keys')
  const onProblem = (problem: Error): void => notices.notice('AUDIT_KEYS', problem.message)
  try {
    const keys = openKeys({ dir: place.path, onProblem })
    return { keys, keysCreated: keys.created, keysPath: place.path }
  } catch (error) {
    // Readable by others, or damaged: that is never answered by going on with other keys.
    if (codeOf(error) !== 'KEYS_DIR_UNUSABLE') throw error
    if (place.given !== undefined || platform.env.NODE_ENV !== 'development') throw unusable(place, error, 'keysDir')
    notices.notice(
      'AUDIT_KEYS_IN_MEMORY',
      `${shown(platform, place.path)} cannot be used, so keys end with the process: ${describe(error)}`,
    )
    return { keys: memoryKeys(), keysCreated: false }
  }
}

/** True when it was made now. Only a new directory gets a `.gitignore`: an existing one is somebody's decision. */
function prepareDirectory(place: Place): boolean {
  try {
    const made = makeDirectories(place.path, 0o750)
    if (made) writeFileSync(join(place.path, '.gitignore'), '*\n', { flag: 'wx' })
    return made
  } catch (error) {
    // Two processes may make it at once; the other one has written the file then.
    if (codeOf(error) === 'EEXIST' && existsSync(join(place.path, '.gitignore'))) return false
    throw unusable(place, error)
  }
}

function placeOf(
  option: string,
  value: string | undefined,
  variable: string,
  platform: Platform,
  usual: string,
): Place {
  if (value !== undefined) return { path: resolve(platform.cwd, value), given: `option ${option}` }
  const fromEnv = platform.env[variable]
  if (fromEnv !== undefined && fromEnv !== '') return { path: resolve(platform.cwd, fromEnv), given: variable }
  return { path: resolve(platform.cwd, usual) }
}

function unusable(place: Place, error: unknown, option: 'dir' | 'keysDir' = 'dir'): AuditError {
  if (error instanceof AuditError) return error
  const variable = option === 'dir' ? 'TRAILMARK_DIR' : 'TRAILMARK_KEYS_DIR'
  const how = place.given ?? `default; choose another with option ${option} or ${variable}`
  return new AuditError('AUDIT_DIR_UNUSABLE', `${place.path} (${how}): ${describe(error)}`, { cause: error })
}

function isDirectoryTrouble(error: unknown): boolean {
  return error instanceof AuditError && error.code === 'AUDIT_DIR_UNUSABLE'
}

/** A path as somebody standing in the working directory would write it. */
function shown(platform: Platform, path: string): string {
  const short = relative(platform.cwd, path)
  return short === '' || short.startsWith('..') ? path : `./${short}`
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What is weak about where things live, by the names that `application_startup` uses. */
export function storageWeakness(
  storage: Storage,
): Record<'memory_ledger' | 'keys_generated' | 'keys_in_git_tree' | 'keys_beside_data', boolean> {
  const keysDir = storage.keys.dir
  const { dir } = storage
  return {
    memory_ledger: storage.kind === 'memory',
    keys_generated: storage.keysCreated,
    keys_in_git_tree: keysDir !== '' && isInGitTree(keysDir),
    keys_beside_data:
      dir !== undefined && keysDir !== '' && (dirname(keysDir) === dirname(dir) || keysDir.startsWith(`${dir}/`)),
  }
}

function isInGitTree(path: string): boolean {
  for (let dir = path; ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.git'))) return true
    if (dir === dirname(dir)) return false
  }
}
