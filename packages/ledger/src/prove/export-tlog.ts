/**
 * A log as static files of C2SP `tlog-tiles`, for clients that know nothing of this format: any web server can serve them.
 *
 *     checkpoint                    the newest one, verbatim, with the cosignatures kept for it
 *     tile/<L>/<N>[.p/<W>]          every tile of the signed tree, partial ones included
 *     tile/entries/<N>[.p/<W>]      256 entries each, every one behind its length in two bytes (big endian)
 *
 * Everything is worked out anew from the lines, so the tiles beside the log are not asked. `checkpoint` is written last:
 * where it stands, all that it needs stands too.
 */
import { readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { LedgerError, systemCode } from '../errors.ts'
import { checkpointFile } from '../layout.ts'
import { makeDirectories } from '../make-directories.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { entryBundleFile, foldTile, formatTile, tileDirectory, tileFile, tileWidth } from '../tile.ts'
import { type Hash, hashToHex, leafIn, Tree } from '../tree.ts'
import { withCosignatures } from './cosignatures.ts'
import { EntryLines } from './entry-lines.ts'
import { readSignedNote } from './signed-note.ts'

export interface ExportOptions {
  readonly signal?: AbortSignal
  /** Called with how many of how many entries are written. */
  readonly onProgress?: (entries: number, size: number) => void
}

/** What an export holds. */
export interface ExportedLog {
  readonly origin: string
  readonly size: number
  /** In hex. */
  readonly root: string
}

/**
 * Writes the signed part of one writer's log to `target` as static files. An earlier export of the same log is brought up to
 * date; a directory with anything else in it is refused. Memory stays below 40 MiB, time is that of reading the log.
 *
 * Rejects with LEDGER_PROOF_UNAVAILABLE, LEDGER_CHECKPOINT_MALFORMED, LEDGER_TREE_INCOMPLETE, LEDGER_ROOT_MISMATCH when the
 * entries are not what was signed (no checkpoint is written then), LEDGER_OPTION_INVALID for the target, and with the
 * system's error when it cannot be written.
 *
 *     await exportTlog('/var/audit/clinic/audit.standard/w-3f9c1e7a22b0', '/srv/www/log')
 */
export async function exportTlog(
  writerDir: string,
  target: string,
  { signal, onProgress }: ExportOptions = {},
): Promise<ExportedLog> {
  const note = await readSignedNote(writerDir)
  const { origin, size, root } = note.checkpoint
  await checkTarget(target, origin, size)
  const entries = new EntryLines(writerDir)
  const tiles = new TileWriter(target)
  for (let first = 0; first < size; first += tileWidth) {
    signal?.throwIfAborted()
    const width = Math.min(tileWidth, size - first)
    const bundle: Buffer[] = []
    const leaves: Hash[] = []
    await entries.visit(first, width, (bytes, start, end) => {
      bundle.push(lengthOf(end - start), Buffer.from(bytes.subarray(start, end)))
      leaves.push(leafIn(bytes, start, end))
    })
    await write(target, entryBundleFile(first / tileWidth, width), Buffer.concat(bundle))
    await tiles.add(leaves)
    onProgress?.(first + width, size)
  }
  await tiles.end()
  if (tiles.root() !== root)
    throw new LedgerError(
      'LEDGER_ROOT_MISMATCH',
      `the entries in ${writerDir} do not hash to the root ${hashToHex(root)}`,
    )
  await write(target, checkpointFile, Buffer.from(await withCosignatures(writerDir, note)))
  return { origin, size, root: hashToHex(root) }
}

/** Writes tiles as they become full, each level over the one below. */
class TileWriter {
  readonly #target: string
  readonly #tree = new Tree()
  readonly #levels: { index: number; hashes: Hash[] }[] = []

  constructor(target: string) {
    this.#target = target
  }

  async add(leaves: readonly Hash[]): Promise<void> {
    for (const leaf of leaves) {
      this.#tree.push(leaf)
      await this.#push(0, leaf)
    }
  }

  /** The partial tiles of the right edge. */
  async end(): Promise<void> {
    for (const level of this.#levels.keys()) await this.#write(level)
  }

  root(): Hash {
    return this.#tree.root()
  }

  async #push(level: number, hash: Hash): Promise<void> {
    this.#levels[level] ??= { index: 0, hashes: [] }
    const tile = this.#levels[level]
    tile.hashes.push(hash)
    if (tile.hashes.length < tileWidth) return
    await this.#write(level)
    const above = foldTile(tile.hashes)
    this.#levels[level] = { index: tile.index + 1, hashes: [] }
    await this.#push(level + 1, above)
  }

  async #write(level: number): Promise<void> {
    const { index, hashes } = this.#levels[level] ?? { index: 0, hashes: [] }
    if (hashes.length > 0)
      await write(this.#target, tileFile({ level, index, width: hashes.length }), formatTile(hashes))
  }
}

/** Nothing is written over that is not this log's own export, and none is put back to an older state. */
async function checkTarget(target: string, origin: string, size: number): Promise<void> {
  const refuse = (why: string): never => {
    throw new LedgerError('LEDGER_OPTION_INVALID', `${target} ${why}`)
  }
  const names: readonly string[] = await readdir(target).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw new LedgerError('LEDGER_OPTION_INVALID', `${target} is no directory that can be read`, { cause: error })
  })
  if (names.some((name) => name !== tileDirectory && name !== checkpointFile && name !== temporary))
    refuse('holds something else than an export')
  if (!names.includes(checkpointFile)) return
  const bytes = await readSmallFile(join(target, checkpointFile), noteBytesMax).catch(() => undefined)
  const note = bytes && parseNote(bytes)
  const earlier = note && parseCheckpoint(note.text)
  if (earlier?.origin !== origin) refuse('holds the export of another log')
  if (earlier && earlier.size > size)
    refuse(`holds an export of ${earlier.size} entries, more than the ${size} signed here`)
}

const temporary = 'export.tmp'

/** A reader sees a whole file or none. */
async function write(target: string, file: string, bytes: Uint8Array): Promise<void> {
  const path = join(target, file)
  makeDirectories(dirname(path), 0o755)
  await writeFile(join(target, temporary), bytes)
  await rename(join(target, temporary), path)
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes)
  return length
}
