/**
 * One writer directory, in the order in which trust is built: what is signed, then every line, then both together, and then
 * whether records are missing.
 */
import { lstat, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Checkpoint } from '../checkpoint.ts'
import type { LedgerErrorCode } from '../errors.ts'
import { type Frontier, frontierBytesMax, parseFrontiers } from '../frontier.ts'
import * as layout from '../layout.ts'
import { readLines } from '../read/read-lines.ts'
import { readSmallFile } from '../read/small-file.ts'
import { hashToHex } from '../tree.ts'
import { checkRoot, describeStale } from './check-root.ts'
import { checkSigned } from './check-signed.ts'
import { type HeldRoot, wantedOf } from './held-root.ts'
import { LineCheck } from './line-check.ts'
import { listNames } from './list-names.ts'
import type { Break, Note, StreamReport } from './report.ts'
import { Sequence } from './sequence.ts'
import { type WantedRoot, WantedRoots } from './wanted-roots.ts'

export interface Watch {
  /** May throw to stop. */
  onBytes(bytes: number): void
}

/** What the verifier knows from elsewhere. */
export interface Trusted {
  readonly publicKeys: readonly Uint8Array[]
  readonly heldRoots: readonly HeldRoot[]
}

export async function verifyWriter(
  dir: string,
  { publicKeys, heldRoots }: Trusted,
  watch: Watch,
): Promise<StreamReport> {
  const signed = await checkSigned(dir, publicKeys)
  const { meta, checkpoint } = signed
  const kept = await readSmallFile(join(dir, layout.frontierFile), frontierBytesMax).catch(() => undefined)
  // Every root that anybody holds of this log; each is compared when the tree has its size.
  const wanted = wantedOf(heldRoots, signed.origin)
  const stated: Stated = { checkpoint, wanted, frontiers: kept ? parseFrontiers(kept) : [] }

  // The root alone says whether what it covers is whole. Only when it is not, the chain is followed to find out where.
  let found = await readLog(dir, stated, false, watch)
  if (found.breaks.length > 0) found = await readLog(dir, stated, true, watch)
  const { lines, sequence, bytes, torn } = found
  const breaks = [...signed.breaks, ...found.breaks]

  const notes = [
    ...sequence.notes,
    ...(await describeFiles(dir)),
    ...describeTail(torn, lines.entries, checkpoint?.size ?? 0),
  ]
  const stale = describeStale(kept, lines)
  if (stale !== undefined && checkpoint) notes.push(note('LEDGER_FRONTIER_STALE', `${layout.frontierFile}: ${stale}`))
  if (meta?.predecessor) {
    notes.push(
      note('LEDGER_PREDECESSOR', `opened because ${meta.predecessor.writer} was refused: ${meta.predecessor.code}`),
    )
  }
  const { gaps } = sequence
  return {
    dir,
    origin: signed.origin,
    service: meta?.service ?? '',
    stream: meta?.stream ?? '',
    retentionClass: meta?.retentionClass ?? '',
    writer: meta?.writer ?? basename(dir),
    entries: lines.entries,
    bytes,
    root: hashToHex(lines.root()),
    ...(checkpoint && { checkpoint: { size: checkpoint.size, root: hashToHex(checkpoint.root) } }),
    integrity: { ok: breaks.length === 0, breaks },
    completeness: { ok: gaps.every((gap) => gap.explained), gaps },
    notes,
  }
}

/** What the directory says of its log. */
interface Stated {
  readonly checkpoint: Checkpoint | undefined
  readonly frontiers: readonly Frontier[]
  readonly wanted: readonly WantedRoot[]
}

/** What reading every line found. */
interface Log {
  readonly lines: LineCheck
  readonly sequence: Sequence
  readonly bytes: number
  readonly breaks: Break[]
  readonly torn: readonly Break[]
}

async function readLog(
  dir: string,
  { checkpoint, frontiers, wanted }: Stated,
  chained: boolean,
  watch: Watch,
): Promise<Log> {
  const signedSize = checkpoint?.size ?? 0
  const sequence = new Sequence()
  const roots = new WantedRoots(wanted)
  const sizes = [signedSize, ...frontiers.map((one) => one.size)]
  const lines = new LineCheck({ signedSize, sizes, roots, chained }, (bytes, body, bodyEnd, n) =>
    sequence.visit(bytes, body, bodyEnd, n),
  )
  const { bytes, breaks: unreadable } = await readSegments(dir, lines, watch)
  lines.end()
  const torn = lines.takeTornTail()
  sequence.end(lines.entries)
  const breaks = [...unreadable, ...lines.breaks]
  if (checkpoint) breaks.push(...checkRoot(lines, checkpoint, frontiers))
  breaks.push(...roots.breaks(lines.entries))
  return { lines, sequence, bytes, breaks, torn }
}

async function readSegments(dir: string, lines: LineCheck, watch: Watch): Promise<{ bytes: number; breaks: Break[] }> {
  const breaks: Break[] = []
  let total = 0
  const seg = await lstat(join(dir, layout.segmentDirectory)).catch(() => undefined)
  if (seg && !seg.isDirectory()) {
    const message = 'a link or a file stands where the segments should be'
    const file = layout.segmentDirectory
    breaks.push({ code: 'LEDGER_SEGMENT_UNREADABLE', n: -1, file, offset: 0, message })
  }
  for (const first of layout.segmentsAmong(await listNames(join(dir, layout.segmentDirectory)))) {
    const file = layout.segmentFile(first)
    lines.beginSegment(first, file)
    let stopped: unknown
    try {
      await readLines(join(dir, file), {
        begin: (bytes) => (start, end, offset, tooLong) => lines.line(bytes, start, end, file, offset, tooLong),
        unfinished: (offset, bytes) => lines.unfinished(file, offset, bytes),
        onBytes(bytes) {
          total += bytes
          try {
            watch.onBytes(bytes)
          } catch (error) {
            stopped = error
            throw error
          }
        },
      })
    } catch (error) {
      if (stopped !== undefined) throw stopped
      breaks.push({ code: 'LEDGER_SEGMENT_UNREADABLE', n: first, file, offset: 0, message: String(error) })
    }
  }
  return { bytes: total, breaks }
}

function describeTail(torn: readonly Break[], entries: number, signedSize: number): Note[] {
  const notes: Note[] = []
  const [first] = torn
  if (first) {
    const message = `${first.file} byte ${first.offset}: ${first.message}; nobody was promised entry ${first.n}, the next opening cuts it off`
    notes.push(note('LEDGER_TAIL_TORN', message))
  }
  if (entries > signedSize) {
    notes.push(
      note(
        'LEDGER_TAIL_UNSIGNED',
        `${entries - signedSize} entries from ${signedSize} on are newer than the checkpoint`,
      ),
    )
  }
  return notes
}

const known = new Set<string>([
  layout.metaFile,
  layout.metaNoteFile,
  layout.lockFile,
  `${layout.lockFile}.takeover`,
  layout.checkpointFile,
  layout.frontierFile,
  layout.segmentDirectory,
  layout.quarantineDirectory,
])

async function describeFiles(dir: string): Promise<Note[]> {
  const notes: Note[] = []
  const unknown = (await listNames(dir)).filter((name) => !known.has(name) && !name.endsWith('.tmp'))
  const segments = await listNames(join(dir, layout.segmentDirectory))
  unknown.push(
    ...segments
      .filter((name) => layout.segmentsAmong([name]).length === 0)
      .map((name) => `${layout.segmentDirectory}/${name}`),
  )
  if (unknown.length > 0)
    notes.push(note('LEDGER_FILE_UNKNOWN', `not part of the format: ${unknown.slice(0, 20).join(', ')}`))
  for (const name of await listNames(join(dir, layout.quarantineDirectory))) {
    const path = `${layout.quarantineDirectory}/${name}`
    const bytes = await stat(join(dir, path)).then(
      (facts) => facts.size,
      () => 0,
    )
    notes.push(note('LEDGER_QUARANTINE', `${path}: ${bytes} bytes that were cut off and never acknowledged`))
  }
  return notes
}

function note(code: LedgerErrorCode, message: string): Note {
  return { code, message }
}
