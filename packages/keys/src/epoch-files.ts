/**
 * Epoch keys in files: `epoch-<stream>-<writer>.key` for the epoch that is under way, `.next` for the one that is about to begin.
 *
 * The next key is durable before anything names it, and the old one goes when something durable names the next. In between
 * both are there, and whichever the log names is the right one: see `keep()`. On its way out a key is first renamed to
 * `.gone`, so that one that is half overwritten never looks like a damaged one.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { type EpochKey, generateEpochKey, parseEpochKey } from './epoch-key.ts'
import { KeysError } from './errors.ts'
import { errorCode, findKeyFile, syncDirectory, unfinishedName, unusable } from './key-file.ts'
import type { EpochKeys, EpochWriter } from './ports.ts'

const names = /^epoch-([A-Za-z0-9_-]{1,64})-(w-[0-9a-f]{12})\.(key|next|gone)$/

/** The epoch keys in a directory. Every call throws a `KeysError` for what cannot be read or written. */
export function epochFiles(dir: string, clock: { now(): number } = Date): EpochKeys {
  // Made here and not kept yet: were the file lost, the statement that names it would be the end of the writer.
  const made = new Map<string, { content: Buffer; key: EpochKey }>()

  function next(writer: EpochWriter): EpochKey {
    const content = generateEpochKey(writer.origin, clock.now())
    const key = parseEpochKey(content, writer.origin)
    if (key === undefined) throw new TypeError('unreadable new key')
    place(pathOf(dir, writer, 'next'), content)
    made.set(writer.origin, { content, key })
    return key
  }

  function keep(writer: EpochWriter, publicKey: Uint8Array): EpochKey | undefined {
    const is = (key: EpochKey | undefined): key is EpochKey =>
      key !== undefined && Buffer.compare(key.publicKey, publicKey) === 0
    const [current, after] = (['key', 'next'] as const).map((kind) => read(pathOf(dir, writer, kind), writer.origin))
    const own = made.get(writer.origin)
    if (is(current)) {
      destroy(dir, pathOf(dir, writer, 'next'), pathOf(dir, writer, 'gone'))
      return current
    }
    if (!is(after) && !is(own?.key)) return undefined
    if (!is(after) && own) place(pathOf(dir, writer, 'next'), own.content)
    // 1. The old key goes. A crash leaves the next one, under a name that is looked at too.
    destroy(dir, pathOf(dir, writer, 'key'), pathOf(dir, writer, 'gone'))
    // 2. The next one takes its place.
    try {
      renameSync(pathOf(dir, writer, 'next'), pathOf(dir, writer, 'key'))
      syncDirectory(dir)
    } catch (error) {
      throw unusable(pathOf(dir, writer, 'next'), error)
    }
    made.delete(writer.origin)
    return is(after) ? after : own?.key
  }

  return { next, keep }
}

/** An epoch key as one may speak of it: no key material. */
export interface EpochKeyFacts {
  /** `epoch-audit-w-3f9c1e7a22b0.key`. */
  readonly file: string
  readonly stream: string
  readonly writer: string
  /** Milliseconds since the epoch; undefined where the file is damaged. */
  readonly created?: number
  /** Base64 of the public key; undefined where the file is damaged. */
  readonly publicKey?: string
}

/** The keys of the epochs that are under way, by file. Throws KEYS_DIR_UNUSABLE and KEYS_READABLE_BY_OTHERS. */
export function listEpochKeys(dir: string): EpochKeyFacts[] {
  const root = resolve(dir)
  return list(root).flatMap((file) => {
    const [, stream = '', writer = '', kind] = names.exec(file) ?? []
    if (kind !== 'key') return []
    const content = findKeyFile(join(root, file))
    const key = content && parseEpochKey(content, content.toString('utf8').split(' ')[2] ?? '')
    const facts = key && { created: key.created, publicKey: Buffer.from(key.publicKey).toString('base64') }
    return [{ file, stream, writer, ...facts }]
  })
}

function list(root: string): string[] {
  try {
    return readdirSync(root).sort()
  } catch (error) {
    throw unusable(root, error)
  }
}

function pathOf(dir: string, { stream, writer }: EpochWriter, kind: 'key' | 'next' | 'gone'): string {
  const name = `epoch-${stream}-${writer}.${kind}`
  // Names a file in the keys directory, so nothing that leads out of it may be in it.
  if (!names.test(name)) throw new KeysError('KEYS_DIR_UNUSABLE', `no epoch key can be named for writer ${writer}`)
  return join(dir, name)
}

/** A damaged key is as good as none: the log then says that it is lost. */
function read(path: string, origin: string): EpochKey | undefined {
  const content = findKeyFile(path)
  return content && parseEpochKey(content, origin)
}

/** In place of what an unfinished turn left there. Durable when it returns. */
function place(path: string, content: Buffer): void {
  const unfinished = unfinishedName(path)
  try {
    writeFileSync(unfinished, content, { flag: 'wx', mode: 0o600, flush: true })
    renameSync(unfinished, path)
    syncDirectory(join(path, '..'))
  } catch (error) {
    throw unusable(path, error)
  }
}

/** Overwrites and removes a key, and what an earlier attempt left. The name is free, durably, when it returns. */
function destroy(dir: string, path: string, gone: string): void {
  let found = overwrite(gone)
  try {
    renameSync(path, gone)
    found = true
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw unusable(path, error)
  }
  if (!found) return
  overwrite(gone)
  syncDirectory(dir)
}

/** False when there is no such file. */
export function overwrite(path: string): boolean {
  try {
    const fd = openSync(path, 'r+')
    try {
      writeSync(fd, Buffer.alloc(statSync(path).size), 0)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    unlinkSync(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw unusable(path, error)
  }
}
