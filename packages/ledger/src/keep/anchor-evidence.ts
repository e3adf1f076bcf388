/**
 * What anchors gave in return, kept beside the log they vouch for.
 *
 *     anchors/000000000054.witness.cosig     one file for each size and anchor; written aside and renamed, never half a one
 *     anchors/000000000054.file.receipt      of an anchor that gives nothing to keep: the newest alone
 */
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFileLater } from '../append/small-file.ts'
import { realDisk } from '../disk.ts'
import { anchorsDirectory } from '../layout.ts'
import type { AnchorEvidence, PublishedCheckpoint } from './anchor.ts'

/** Evidence is a signature or a token; whoever sends more than this is not an anchor. */
export const evidenceBytesMax = 1 << 20
const receiptSuffix = 'receipt'
const evidenceName = /^([0-9]{12})\.([a-z0-9-]{1,40})\.([a-z0-9]{1,8})$/

/** One file of evidence, as its name says. */
export interface EvidenceName {
  readonly name: string
  readonly size: number
  readonly anchor: string
  readonly suffix: string
}

export function parseEvidenceName(name: string): EvidenceName | undefined {
  const parts = evidenceName.exec(name)
  const [, size = '', anchor = '', suffix = ''] = parts ?? []
  return parts ? { name, size: Number(size), anchor, suffix } : undefined
}

/** What an anchor holds, as far as files beside the log can tell. */
export interface NewestEvidence {
  readonly size: number
  readonly timeMs: number
}

/** The evidence in one writer directory. */
export class EvidenceFiles {
  readonly #dir: string
  readonly #receipts = new Map<string, string>()

  constructor(writerDir: string) {
    this.#dir = join(writerDir, anchorsDirectory)
  }

  /** The newest of each anchor. Never rejects: there may be none. */
  async newest(): Promise<Map<string, NewestEvidence>> {
    const last = new Map<string, EvidenceName>()
    for (const name of await readdir(this.#dir).catch(() => [])) {
      const found = parseEvidenceName(name)
      if (found === undefined) continue
      if (found.suffix === receiptSuffix) this.#receipts.set(found.anchor, name)
      if (found.size >= (last.get(found.anchor)?.size ?? 0)) last.set(found.anchor, found)
    }
    const newest = new Map<string, NewestEvidence>()
    for (const { name, size, anchor } of last.values()) {
      const facts = await stat(join(this.#dir, name)).catch(() => undefined)
      if (facts) newest.set(anchor, { size, timeMs: facts.mtimeMs })
    }
    return newest
  }

  /** Keeps evidence for one checkpoint; a receipt of ours proves nothing and tells the next process where to go on. */
  async write(
    checkpoint: PublishedCheckpoint,
    anchor: string,
    evidence: AnchorEvidence,
    timeMs: number,
  ): Promise<void> {
    const { size, root } = checkpoint
    const { bytes, suffix, detail = '' } = evidence
    const name = `${String(size).padStart(12, '0')}.${anchor}.${bytes ? suffix : receiptSuffix}`
    const receipt = { anchor, size, root, time: new Date(timeMs).toISOString(), detail }
    await mkdir(this.#dir, { recursive: true, mode: 0o750 })
    const content = bytes ?? Buffer.from(`${JSON.stringify(receipt)}\n`)
    await replaceFileLater(realDisk, join(this.#dir, name), content, () => true)
    await realDisk.later.syncDirectory(this.#dir)
    if (bytes) return
    const before = this.#receipts.get(anchor)
    this.#receipts.set(anchor, name)
    if (before !== undefined && before !== name) await realDisk.later.remove(join(this.#dir, before)).catch(() => {})
  }
}
