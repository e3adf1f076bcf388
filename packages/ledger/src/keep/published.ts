/**
 * The checkpoints that the writers below one service directory have signed, as they stand on disk at this moment.
 *
 * Whoever reads them is another process than the one that writes, and believes nothing: bounded reads, no links, and a
 * checkpoint counts only with a valid signature of the key that LEDGER.json names, or of one that leads on from it.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import type { LedgerErrorCode } from '../errors.ts'
import { checkpointFile, lockFile, metaFile, writerName } from '../layout.ts'
import { lockBytesMax } from '../lock-text.ts'
import { type Meta, metaBytesMax, parseMeta } from '../meta.ts'
import { isSignedBy, noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { hashToHex } from '../tree.ts'
import { checkKeys } from '../verify/check-keys.ts'
import type { PublishedCheckpoint } from './anchor.ts'
import { fitsEntry } from './anchor-entry.ts'

/** The directory of the anchor log itself, which is not one of the writers it speaks of. */
export const anchorLogName = 'anchor.long'

/** A writer whose checkpoint cannot be shown to anybody. */
export interface UnusableWriter {
  readonly dir: string
  readonly code: LedgerErrorCode
  readonly message: string
}

export interface Published {
  /** One for each writer that has signed something. */
  readonly checkpoints: readonly (PublishedCheckpoint & { readonly dir: string })[]
  /** Origins of the writers that somebody holds or held until a crash. */
  readonly live: readonly string[]
  readonly unusable: readonly UnusableWriter[]
}

interface Seen {
  readonly bytes: Buffer
  readonly found: (PublishedCheckpoint & { readonly dir: string }) | UnusableWriter
}

/** Reads the same service directory again and again; what has not changed is not checked again. */
export class PublishedReader {
  readonly #serviceDir: string
  /** LEDGER.json is written once; whoever changes it is found by `verify`. */
  readonly #metas = new Map<string, Meta>()
  /** Log keys that lead on from LEDGER.json's, where there are any; looked for when the ones known did not sign. */
  readonly #keys = new Map<string, readonly string[]>()
  readonly #seen = new Map<string, Seen>()

  constructor(serviceDir: string) {
    this.#serviceDir = serviceDir
  }

  /** What cannot be listed is as good as empty. Never rejects. */
  async read(): Promise<Published> {
    const checkpoints: (PublishedCheckpoint & { readonly dir: string })[] = []
    const live: string[] = []
    const unusable: UnusableWriter[] = []
    for (const dir of await this.#writers()) {
      const meta = await this.#meta(dir)
      if (meta === undefined) continue // its making is under way, or `verify` has something to say
      if ((await read(dir, lockFile, lockBytesMax)) !== undefined) live.push(meta.origin)
      const bytes = await read(dir, checkpointFile, noteBytesMax)
      if (bytes === undefined) continue
      const found = await this.#check(dir, meta, bytes)
      if ('code' in found) unusable.push(found)
      else checkpoints.push(found)
    }
    return { checkpoints, live, unusable }
  }

  async #writers(): Promise<string[]> {
    const streams = (await directoriesIn(this.#serviceDir)).filter((name) => name !== anchorLogName)
    const found: string[] = []
    for (const stream of streams) {
      const writers = (await directoriesIn(join(this.#serviceDir, stream))).filter((name) => writerName.test(name))
      found.push(...writers.map((writer) => join(this.#serviceDir, stream, writer)))
    }
    return found
  }

  async #meta(dir: string): Promise<Meta | undefined> {
    const known = this.#metas.get(dir)
    if (known) return known
    const bytes = await read(dir, metaFile, metaBytesMax)
    const meta = bytes && parseMeta(bytes)
    if (!meta || typeof meta === 'string') return undefined
    this.#metas.set(dir, meta)
    return meta
  }

  async #check(dir: string, meta: Meta, bytes: Buffer): Promise<Seen['found']> {
    const before = this.#seen.get(dir)
    if (before?.bytes.equals(bytes)) return before.found
    let found = checkpointIn(dir, meta, bytes, this.#keys.get(dir) ?? [meta.publicKey])
    if ('code' in found && found.code === 'LEDGER_CHECKPOINT_UNSIGNED') {
      const { logKeys } = await checkKeys(dir, meta)
      this.#keys.set(dir, logKeys)
      found = checkpointIn(dir, meta, bytes, logKeys)
    }
    this.#seen.set(dir, { bytes, found })
    return found
  }
}

function checkpointIn(dir: string, meta: Meta, bytes: Buffer, keys: readonly string[]): Seen['found'] {
  const { origin } = meta
  const parsed = parseNote(bytes)
  const checkpoint = parsed && parseCheckpoint(parsed.text)
  if (!parsed || checkpoint?.origin !== origin) {
    return { dir, code: 'LEDGER_CHECKPOINT_MALFORMED', message: `${dir} holds no checkpoint of ${origin}` }
  }
  if (!keys.some((key) => isSignedBy(parsed, { name: origin, publicKey: Buffer.from(key, 'base64') }))) {
    return { dir, code: 'LEDGER_CHECKPOINT_UNSIGNED', message: `the checkpoint in ${dir} is not signed by ${origin}` }
  }
  const note = bytes.toString()
  if (!fitsEntry(note)) {
    return { dir, code: 'LEDGER_CHECKPOINT_MALFORMED', message: `the checkpoint in ${dir} fits into no entry` }
  }
  return { origin, size: checkpoint.size, root: hashToHex(checkpoint.root), note, dir }
}

/** A file that cannot be read is as good as missing. */
function read(dir: string, name: string, bytesMax: number): Promise<Buffer | undefined> {
  return readSmallFile(join(dir, name), bytesMax).catch(() => undefined)
}

async function directoriesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
