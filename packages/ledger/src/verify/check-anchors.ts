/**
 * What anchor logs say of the writers below a root, and who outside vouches for the anchor logs.
 *
 *     witness, timestamp → checkpoint of the anchor log → its entries → checkpoints of writers → their entries
 *
 * So a writer that was rewritten, put back or removed since it was anchored shows, and so does a time in which nobody anchored.
 */
import { dirname, join, relative, resolve } from 'node:path'
import { LedgerError } from '../errors.ts'
import { parseAnchorEntry } from '../keep/anchor-entry.ts'
import { checkpointOf } from '../keep/anchor-memory.ts'
import { readCertificates } from '../keep/timestamp-certificate.ts'
import { metaFile, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { emptyFrame, parseFrame } from '../line.ts'
import { type Meta, metaBytesMax, parseMeta } from '../meta.ts'
import { readLines } from '../read/read-lines.ts'
import { readSmallFile } from '../read/small-file.ts'
import { parseVkey, signatureTypes } from '../vkey.ts'
import { checkEvidence, type Evidence, type Sighting, type TrustedAnchors } from './check-evidence.ts'
import { findSilences, Heartbeat } from './heartbeat.ts'
import { listNames } from './list-names.ts'
import type { Anchored, Break, Gap, Note, StreamReport } from './report.ts'
import { RootList } from './root-list.ts'
import type { WantedRoot } from './wanted-roots.ts'

/** Everything that anchors add to what is known of one writer. */
export interface AnchorFindings {
  /** The newest checkpoint somebody outside vouches for, and the anchor log that leads to it. */
  readonly anchored?: Anchored & { readonly through: string }
  readonly breaks: readonly Break[]
  readonly gaps: readonly Gap[]
  /** Whether this writer is an anchor log itself: its entries have a heartbeat in place of sequence numbers. */
  readonly isAnchorLog: boolean
  readonly notes: readonly Note[]
}

/** The keys and certificates of a call, read. Throws LEDGER_OPTION_INVALID for what is not one. */
export function readTrustedAnchors(
  witnesses: readonly string[] = [],
  timestampCertificates: readonly string[] = [],
): TrustedAnchors {
  const keys = witnesses.map((text) => {
    const key = parseVkey(text)
    if (key?.type === signatureTypes.cosignature) return key
    throw new LedgerError('LEDGER_OPTION_INVALID', 'witnesses: one is not the verifier key of a witness (type 0x04)')
  })
  readCertificates(timestampCertificates, 'timestampCertificates')
  return { witnesses: keys, timestampCertificates }
}

export class AnchorCheck {
  /** Origins that anchor logs name whose service lies below the root. */
  readonly named = new Set<string>()
  readonly #roots = new Map<string, RootList>()
  readonly #newest = new Map<string, { size: number; n: number; through: AnchorLogFacts }>()
  readonly #logs = new Map<string, AnchorLogFacts>()
  readonly #silences = new Map<string, Gap[]>()

  /** Reads every anchor log among the writer directories. Rejects with what `onBytes` throws. */
  static async read(
    root: string,
    directories: readonly string[],
    trusted: TrustedAnchors,
    onBytes: () => void,
  ): Promise<AnchorCheck> {
    const check = new AnchorCheck()
    const heartbeats = new Map<string, Heartbeat[]>()
    for (const dir of directories) {
      const meta = await readMeta(dir)
      if (meta?.stream !== 'anchor' || meta.retentionClass !== 'long') continue
      const log = { dir, meta, evidence: await checkEvidence(dir, meta.origin, trusted), unknown: 0 }
      check.#logs.set(dir, log)
      const heartbeat = new Heartbeat(dir)
      heartbeats.set(dirname(dir), [...(heartbeats.get(dirname(dir)) ?? []), heartbeat])
      await check.#readLog(log, heartbeat, { covers: isBelow(resolve(root), dirname(dirname(dir))), onBytes })
    }
    for (const beats of heartbeats.values()) {
      for (const [dir, gaps] of findSilences(beats)) check.#silences.set(dir, gaps)
    }
    return check
  }

  /** What a writer of this origin has to have been. */
  wantedOf(origin: string, dir: string): WantedRoot[] {
    return [
      ...(this.#roots.get(origin)?.wanted('in the anchor log') ?? []),
      ...(this.#logs.get(dir)?.evidence.wanted ?? []),
    ]
  }

  findingsOf(origin: string, dir: string): AnchorFindings {
    const log = this.#logs.get(dir)
    const own = log && newestSighting(log.evidence.sightings)
    const named = this.#newest.get(origin)
    const anchored = own
      ? { ...vouchersOf(log.evidence.sightings, own.size, own.size - 1), through: dir }
      : named && { ...vouchersOf(named.through.evidence.sightings, named.size, named.n), through: named.through.dir }
    return {
      ...(anchored && { anchored }),
      isAnchorLog: log !== undefined,
      breaks: log?.evidence.breaks ?? [],
      gaps: this.#silences.get(dir) ?? [],
      notes: log ? notesOf(log) : [],
    }
  }

  async #readLog(
    log: AnchorLogFacts,
    heartbeat: Heartbeat,
    { covers, onBytes }: { readonly covers: boolean; onBytes(): void },
  ): Promise<void> {
    const coveredSize = newestSighting(log.evidence.sightings)?.size ?? 0
    const frame = emptyFrame()
    for (const first of segmentsAmong(await listNames(join(log.dir, segmentDirectory)))) {
      let stopped: unknown
      await readLines(join(log.dir, segmentFile(first)), {
        begin: (bytes) => (start, end, _offset, tooLong) => {
          const entry = tooLong ? undefined : parseAnchorEntry(bytes.toString('utf8', start, end))
          if (!entry || !parseFrame(bytes, start, end, frame)) {
            log.unknown += 1
            return
          }
          heartbeat.beat(frame.n, entry)
          if (covers) for (const origin of entry.live) this.named.add(origin)
          for (const note of entry.checkpoints) {
            const checkpoint = checkpointOf(note)
            if (!checkpoint) continue
            const { origin, size, root } = checkpoint
            if (covers) this.named.add(origin)
            const roots = this.#roots.get(origin) ?? new RootList()
            this.#roots.set(origin, roots)
            roots.add(size, root)
            const newest = this.#newest.get(origin)
            if (frame.n < coveredSize && size > (newest?.size ?? -1))
              this.#newest.set(origin, { size, n: frame.n, through: log })
          }
        },
        onBytes() {
          try {
            onBytes()
          } catch (error) {
            stopped = error
            throw error
          }
        },
        unfinished: () => {},
      }).catch(() => {}) // what cannot be read is a break of that writer
      if (stopped !== undefined) throw stopped
    }
  }
}

/** The report with who vouches for it. An anchor log that is not whole itself leads to nobody. */
export function withAnchored(report: StreamReport, anchors: AnchorCheck, all: readonly StreamReport[]): StreamReport {
  const { anchored } = anchors.findingsOf(report.origin, report.dir)
  const isSound = all.some((one) => one.dir === anchored?.through && one.integrity.ok)
  const { size, time, by } = anchored && isSound ? anchored : { size: 0, time: '', by: [] }
  return {
    ...report,
    ...(by.length > 0 && { anchored: { size, time, by } }),
    ...(size < report.entries && { unanchoredSince: size }),
  }
}

interface AnchorLogFacts {
  readonly dir: string
  readonly meta: Meta
  readonly evidence: Evidence
  /** Lines that are no entries of an anchor log. */
  unknown: number
}

function newestSighting(sightings: readonly Sighting[]): Sighting | undefined {
  return sightings.reduce<Sighting | undefined>((best, one) => (best && best.size >= one.size ? best : one), undefined)
}

/** Who vouches for the entry `n` of an anchor log, and since when. */
function vouchersOf(sightings: readonly Sighting[], size: number, n: number): Anchored {
  const after = sightings.filter((one) => one.size > n)
  // A year has half a million: more than a call takes as arguments.
  const timeMs = after.reduce((first, one) => Math.min(first, one.timeMs), Number.POSITIVE_INFINITY)
  return { size, time: new Date(timeMs).toISOString(), by: [...new Set(after.map(({ by }) => by))].sort() }
}

function notesOf({ unknown, evidence }: AnchorLogFacts): Note[] {
  const notes: Note[] = []
  const files = [...evidence.unchecked].map(([suffix, count]) => `${count} .${suffix}`)
  if (files.length > 0) {
    const message = `not checked, for want of a key or certificate to trust: ${files.join(', ')}`
    notes.push({ code: 'LEDGER_EVIDENCE_UNCHECKED', message })
  }
  if (unknown > 0)
    notes.push({ code: 'LEDGER_ANCHOR_ENTRY', message: `${unknown} lines are no entries of an anchor log` })
  return notes
}

async function readMeta(dir: string): Promise<Meta | undefined> {
  const bytes = await readSmallFile(join(dir, metaFile), metaBytesMax).catch(() => undefined)
  const meta = bytes && parseMeta(bytes)
  return typeof meta === 'object' ? meta : undefined
}

function isBelow(root: string, dir: string): boolean {
  return !relative(root, dir).startsWith('..')
}
