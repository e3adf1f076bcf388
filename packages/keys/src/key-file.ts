/**
 * Key files: created once, whole or not at all, and read only if nobody else could have.
 *
 * Two processes that start together must end up with the same key. So a key is written to a file of its own, synced, and
 * then linked to its name, which succeeds for exactly one of them; the other reads what won. A crash in between leaves a
 * key that nothing was ever made with.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  promises,
  readSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { KeysError } from './errors.ts'

/** More than any key file holds: what is longer is not read. */
export const keyFileBytesMax = 4096

/** Names of files that were never finished; those of crashed processes are removed at the next opening. */
export const unfinishedPrefix = '.new-'

/**
 * The content of a key file, or undefined when there is none.
 * Throws KEYS_FILE_INVALID, KEYS_READABLE_BY_OTHERS or KEYS_DIR_UNUSABLE, each naming the file.
 */
export function findKeyFile(path: string): Buffer | undefined {
  let fd: number
  try {
    // Not blocking, since opening a FIFO in a key's place would otherwise wait for a writer for ever.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw unusable(path, error)
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw new KeysError('KEYS_FILE_INVALID', `${path} is not a file`)
    refuseOthers(path, stats, '0600')
    if (stats.size > keyFileBytesMax) throw new KeysError('KEYS_FILE_INVALID', `${path} has ${stats.size} bytes`)
    const content = Buffer.alloc(keyFileBytesMax)
    return content.subarray(0, readSync(fd, content, 0, content.length, 0))
  } catch (error) {
    throw error instanceof KeysError ? error : unusable(path, error)
  } finally {
    closeSync(fd)
  }
}

/** Makes the file hold `content`, unless it exists: then it stays as it is. Returns once it would survive a crash. */
export function createKeyFile(path: string, content: Uint8Array): void {
  linkKeyFile(path, content)
  try {
    syncDirectory(dirname(path))
  } catch (error) {
    throw unusable(path, error)
  }
}

/** The same where the caller makes several and syncs the directory behind the last. */
export function linkKeyFile(path: string, content: Uint8Array): void {
  const unfinished = unfinishedName(path)
  try {
    writeFileSync(unfinished, content, { flag: 'wx', mode: 0o600, flush: true })
    try {
      linkSync(unfinished, path)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') placeWithoutLinks(unfinished, path, error)
    } finally {
      unlinkSync(unfinished)
    }
  } catch (error) {
    throw unusable(path, error)
  }
}

/** The same without waiting for the disk, for keys that become due while requests are served. */
export async function createKeyFileLater(path: string, content: Uint8Array): Promise<void> {
  const unfinished = unfinishedName(path)
  try {
    await promises.writeFile(unfinished, content, { flag: 'wx', mode: 0o600, flush: true })
    try {
      await promises.link(unfinished, path)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') placeWithoutLinks(unfinished, path, error)
    } finally {
      await promises.unlink(unfinished)
    }
    const directory = await promises.open(dirname(path), 'r')
    await directory.sync().finally(() => directory.close())
  } catch (error) {
    throw unusable(path, error)
  }
}

/** Throws KEYS_READABLE_BY_OTHERS when the mode lets anybody but the owner in. Windows has no such modes. */
export function refuseOthers(path: string, stats: Stats, wanted: '0600' | '0700'): void {
  if (process.platform === 'win32' || (stats.mode & 0o077) === 0) return
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
  throw new KeysError('KEYS_READABLE_BY_OTHERS', `${path} has mode ${mode}; run: chmod ${wanted} '${path}'`)
}

/** Any other failure of the file system, told with its code and path. */
export function unusable(path: string, error: unknown): KeysError {
  if (error instanceof KeysError) return error
  return new KeysError('KEYS_DIR_UNUSABLE', `${path}: ${errorCode(error) ?? 'unknown error'}`, { cause: error })
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** File systems without hard links: an exclusive copy. Only its first few microseconds could be seen half-written. */
function placeWithoutLinks(unfinished: string, path: string, reason: unknown): void {
  const code = errorCode(reason)
  if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw reason
  try {
    copyFileSync(unfinished, path, constants.COPYFILE_EXCL)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    return
  }
  const fd = openSync(path, 'r+')
  fsyncSync(fd)
  closeSync(fd)
}

/** Where a key is written before it gets its name. */
export function unfinishedName(path: string): string {
  return join(dirname(path), `${unfinishedPrefix}${process.pid}-${randomBytes(6).toString('hex')}`)
}

/** A name survives a crash only once its directory was synced. Windows cannot, and does it by itself. */
export function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(dir, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
