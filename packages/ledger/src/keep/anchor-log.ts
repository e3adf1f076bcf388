/**
 * The anchor log: a stream of its own in which all writers of a service directory stand, so that only one log has to be shown
 * to anybody outside. One process holds it.
 */
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLedger } from '../append/open.ts'
import { checkpointFile, writerName } from '../layout.ts'
import type { Ledger, OpenOptions } from '../ledger.ts'
import { noteBytesMax } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import type { PublishedCheckpoint } from './anchor.ts'
import { type AnchorEntry, formatAnchorEntry } from './anchor-entry.ts'
import { EvidenceFiles, type NewestEvidence } from './anchor-evidence.ts'
import { checkpointOf, lastAnchored } from './anchor-memory.ts'
import { anchorLogName } from './published.ts'

/** How long its own checkpoint is waited for: one comes within a second, unless who signs is far away. */
const checkpointMsMax = 10_000
const pollMs = 20
/** More than a few logs that could not be continued are nothing an anchor should be asked about. */
const earlierMax = 16

export interface AnchorLogOptions {
  readonly serviceDir: string
  readonly ledger: Pick<OpenOptions, 'signer' | 'clock' | 'epochs' | 'epochMs'>
}

export class AnchorLog {
  readonly ledger: Ledger
  readonly evidence: EvidenceFiles
  readonly #stream: string

  /** Throws LEDGER_HELD while another process holds it, and what opening a ledger throws. */
  constructor({ serviceDir, ledger }: AnchorLogOptions) {
    this.#stream = join(serviceDir, anchorLogName)
    this.ledger = openLedger({
      ...ledger,
      dir: this.#stream,
      origin: `${basename(serviceDir)}/${anchorLogName}`,
      stream: 'anchor',
      retentionClass: 'long',
      exclusive: true,
    })
    this.evidence = new EvidenceFiles(this.ledger.dir)
  }

  /** The newest checkpoint of every writer that was ever written down, by origin; of all writers of this log. */
  async restore(): Promise<Map<string, PublishedCheckpoint>> {
    return lastAnchored(await writersOf(this.#stream))
  }

  /** The other writers of this log, which could not be continued, as they stand on disk. */
  async earlier(): Promise<(PublishedCheckpoint & { readonly dir: string })[]> {
    const found: (PublishedCheckpoint & { readonly dir: string })[] = []
    for (const dir of (await writersOf(this.#stream)).filter((one) => one !== this.ledger.dir)) {
      const checkpoint = await checkpointIn(dir)
      if (checkpoint) found.push({ ...checkpoint, dir })
    }
    return found.slice(0, earlierMax)
  }

  /** The last entry and the end, blocking. Never throws: a missing `stop` shows as silence, which is what it was. */
  endNow(entry: AnchorEntry): void {
    try {
      for (const body of formatAnchorEntry(entry)) this.ledger.append(body)
      this.ledger.closeSync()
    } catch {
      // Closed already.
    }
  }

  /** Resolves with the size of the log once the entry is durable. Rejects with LEDGER_CLOSED; waits while the disk is full. */
  async append(entry: AnchorEntry): Promise<number> {
    const receipts = formatAnchorEntry(entry).map((body) => this.ledger.append(body).durable)
    const places = await Promise.all(receipts)
    return Math.max(...places.map(({ n }) => n)) + 1
  }

  /** The checkpoint of this log that covers `size`; undefined when there is none in time. */
  async checkpoint(size: number, signal: AbortSignal): Promise<PublishedCheckpoint | undefined> {
    for (let waitedMs = 0; waitedMs < checkpointMsMax && !signal.aborted; waitedMs += pollMs) {
      if ((this.ledger.state.checkpoint?.size ?? 0) >= size) return this.#read()
      await sleep(pollMs, undefined, { ref: false })
    }
    return undefined
  }

  async #read(): Promise<PublishedCheckpoint | undefined> {
    const { dir, origin } = this.ledger
    const found = await checkpointIn(dir)
    return found?.origin === origin ? { ...found, dir } : undefined
  }
}

/** How far the anchor log of a service is that another process holds, and which anchors have how much. Never rejects. */
export async function newestInStream(
  serviceDir: string,
): Promise<{ size: number; evidence: Map<string, NewestEvidence> }> {
  let newest: { size: number; writtenMs: number; dir: string } | undefined
  for (const dir of await writersOf(join(serviceDir, anchorLogName))) {
    const size = (await checkpointIn(dir))?.size ?? 0
    const writtenMs = await stat(join(dir, checkpointFile)).then(
      (facts) => facts.mtimeMs,
      () => 0,
    )
    if (!newest || writtenMs > newest.writtenMs) newest = { size, writtenMs, dir }
  }
  return { size: newest?.size ?? 0, evidence: newest ? await new EvidenceFiles(newest.dir).newest() : new Map() }
}

async function checkpointIn(dir: string): Promise<PublishedCheckpoint | undefined> {
  const bytes = await readSmallFile(join(dir, checkpointFile), noteBytesMax).catch(() => undefined)
  return bytes && checkpointOf(bytes.toString())
}

async function writersOf(streamDir: string): Promise<string[]> {
  const names = await readdir(streamDir).catch(() => [])
  return names.filter((name) => writerName.test(name)).map((name) => join(streamDir, name))
}
