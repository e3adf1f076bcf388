/**
 * One writer directory, in the order in which trust is built: what is signed, then every line, then both together, and then
 * whether records are missing.
 */
import { basename, join } from 'node:path'
import type { LedgerErrorCode } from '../errors.ts'
import { frontierBytesMax, parseFrontiers } from '../frontier.ts'
import * as layout from '../layout.ts'
import { readSmallFile } from '../read/small-file.ts'
import { hashToHex } from '../tree.ts'
import type { AnchorCheck } from './check-anchors.ts'
import { checkFirstEpoch, reportKeys, settleEpochs, wantedByEpochs } from './check-keys.ts'
import { describeStale } from './check-root.ts'
import { checkSeals } from './check-seals.ts'
import { checkSigned } from './check-signed.ts'
import { describeFiles } from './describe-files.ts'
import { type HeldRoot, wantedOf } from './held-root.ts'
import { readLog, type Watch } from './read-log.ts'
import type { Break, Note, StreamReport } from './report.ts'
import type { Scanner } from './scan-signed.ts'

/** What the verifier knows from elsewhere. */
export interface Trusted {
  readonly publicKeys: readonly Uint8Array[]
  readonly heldRoots: readonly HeldRoot[]
  /** What anchor logs say of every writer. */
  readonly anchors?: AnchorCheck
}

/** Without a scanner every line is read in order, in this thread. */
export async function verifyWriter(
  dir: string,
  { publicKeys, heldRoots, anchors }: Trusted,
  watch: Watch,
  scanner?: Scanner,
): Promise<StreamReport> {
  const signed = await checkSigned(dir, publicKeys)
  const { meta, checkpoint, keys } = signed
  // Before the lines, since a live writer may seal while they are read.
  const publicKeysOfLog = keys ? keys.logKeys.map((key) => Buffer.from(key, 'base64')) : publicKeys
  const seals = await checkSeals(dir, { origin: signed.origin, publicKeys: publicKeysOfLog })
  const kept = await readSmallFile(join(dir, layout.frontierFile), frontierBytesMax).catch(() => undefined)
  // Every root that anybody holds of this log; each is compared when the tree has its size.
  const wanted = [
    ...wantedOf(heldRoots, signed.origin),
    ...(anchors?.wantedOf(signed.origin, dir) ?? []),
    ...seals.wanted,
    ...wantedByEpochs(keys?.epochs ?? []),
  ]
  const anchored = anchors?.findingsOf(signed.origin, dir) ?? { breaks: [], gaps: [], notes: [], isAnchorLog: false }
  const frontiers = kept ? parseFrontiers(kept) : []
  const stated = { checkpoint, wanted, frontiers, snapshotSizes: seals.snapshotSizes }

  const found = await readLog(dir, stated, watch, scanner)
  const { lines, sequence, bytes, torn } = found
  const settled = seals.settle(lines, settleEpochs(found.breaks, keys?.epochs ?? []))
  const pinned = checkFirstEpoch(heldRoots, signed.origin, keys?.epochs[0]?.publicKey)
  const breaks = [...signed.breaks, ...pinned, ...settled, ...anchored.breaks]

  const notes = [
    ...signed.notes,
    ...sequence.notes.filter(({ code }) => !(anchored.isAnchorLog && code === 'LEDGER_SEQ_ABSENT')),
    ...seals.notes,
    ...anchored.notes,
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
  const gaps = [...sequence.gaps, ...anchored.gaps]
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
    ...(keys && { keys: reportKeys(keys) }),
    integrity: { ok: breaks.length === 0, breaks },
    completeness: { ok: gaps.every((gap) => gap.explained), gaps },
    notes,
  }
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

function note(code: LedgerErrorCode, message: string): Note {
  return { code, message }
}
