/**
 * The anchor that costs nothing: a file on another volume, with every checkpoint it was shown.
 *
 * It helps against whoever can write the ledger's volume and not this one: a restored snapshot, a swapped disk, an administrator
 * of storage. Somebody who is root on the host can write both.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LedgerError, systemCode } from '../errors.ts'
import type { Anchor, AnchorEvidence, AnchorTree, PublishedCheckpoint } from './anchor.ts'
import { anchorName, anchorTimeoutMs, refused, unreachable, withDeadline } from './anchor-limits.ts'
import { findLastCheckpoint, heldBytesMax, heldFileName, isHeldAlready } from './held-note.ts'

export interface FileAnchorOptions {
  /** A directory on another volume. It must exist: a volume that is not mounted is noticed by its absence. */
  readonly path: string
  /** Names it in reports, `[a-z0-9-]{1,40}`; `file` by default. */
  readonly name?: string
  /** How long one publication may take; 10,000 ms by default. */
  readonly timeoutMs?: number
}

/**
 * Keeps every checkpoint in `<path>/<origin>.<hash>.notes`, one signed note after the other, synced before it is confirmed.
 *
 * Refuses with LEDGER_ANCHOR_ROLLBACK what does not continue the last one it holds; with LEDGER_ANCHOR_UNREACHABLE when the
 * directory is missing or the disk fails or hangs; with LEDGER_ANCHOR_REFUSED when the file holds no checkpoints. Says so where
 * `path` lies on the ledger's own device. Throws LEDGER_OPTION_INVALID for options that cannot be.
 *
 *     const anchors = [fileAnchor({ path: '/mnt/other/trailmark' })]
 */
export function fileAnchor(options: FileAnchorOptions): Anchor {
  const name = anchorName(options.name ?? 'file')
  const timeoutMs = anchorTimeoutMs(options.timeoutMs ?? 10_000)
  const { path } = options
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new LedgerError('LEDGER_OPTION_INVALID', 'path: names no directory')
  }
  // One after the other. A disk that hangs is not asked again and again: each call would take one more of the few threads.
  let last: Promise<unknown> = Promise.resolve()
  return {
    name,
    publish: (checkpoint, tree, signal) =>
      withDeadline(name, timeoutMs, signal, (until) => {
        const kept = last.then(() => {
          if (until.aborted) throw unreachable(name, 'the disk has not answered since the last time')
          return keep(name, path, checkpoint, tree)
        })
        last = kept.catch(() => undefined)
        return kept
      }),
  }
}

async function keep(
  name: string,
  path: string,
  checkpoint: PublishedCheckpoint,
  tree: AnchorTree,
): Promise<AnchorEvidence> {
  const file = await openNotes(join(path, heldFileName(checkpoint.origin)))
  try {
    const end = await readEnd(file)
    const held = findLastCheckpoint(end, checkpoint.origin)
    if (held === undefined && !isBeginning(end, checkpoint.origin)) {
      throw refused(name, `its file holds no checkpoint of ${checkpoint.origin}`)
    }
    if (!(await isHeldAlready(name, held, checkpoint, tree))) await append(file, end, checkpoint.note)
    // Also what is there already: whoever wrote it may have crashed before the disk confirmed it.
    await file.sync()
    if (held === undefined) await syncDirectory(path)
    // Another process may have appended at the same moment.
    const now = findLastCheckpoint(await readEnd(file), checkpoint.origin)
    if (!now || !(await isHeldAlready(name, now, checkpoint, tree))) {
      throw refused(name, 'what was written is not what is read back')
    }
  } finally {
    await file.close()
  }
  return { suffix: 'notes', detail: await whereItLies(path, checkpoint) }
}

/** Behind the remains of a crash if there are any. What could not be written whole is taken back where that is allowed. */
async function append(file: FileHandle, end: Buffer, note: string): Promise<void> {
  const { size } = await file.stat()
  try {
    await file.appendFile(end.at(-1) === lineFeed || end.length === 0 ? note : `\n${note}`)
  } catch (error) {
    await file.truncate(size).catch(() => undefined)
    throw error
  }
}

/** Whether these may be the remains of the very first note, cut off by a crash. */
function isBeginning(bytes: Buffer, origin: string): boolean {
  const first = Buffer.from(`${origin}\n`)
  return bytes.length < heldBytesMax && first.subarray(0, bytes.length).equals(bytes.subarray(0, first.length))
}

async function whereItLies(path: string, { dir }: PublishedCheckpoint): Promise<string> {
  if (dir === undefined) return path
  const [here, there] = await Promise.all([path, dir].map((one) => stat(one).catch(() => undefined)))
  if (here === undefined || here.dev !== there?.dev) return path
  return `${path} lies on the same device as the ledger: it does not survive what happens to that device`
}

// Neither a link that leads elsewhere nor a FIFO that waits for ever.
const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const mode = 0o640
const lineFeed = 0x0a

async function openNotes(path: string): Promise<FileHandle> {
  const file = await open(path, careful | constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, mode)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new Error(`${path} is not a file`)
}

async function readEnd(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(Math.min(size, heldBytesMax))
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, size - bytes.length + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** Windows cannot sync a directory, and some network file systems cannot either. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY).catch(() => undefined)
  try {
    await directory?.sync()
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP'].includes(systemCode(error))) throw error
  } finally {
    await directory?.close()
  }
}
