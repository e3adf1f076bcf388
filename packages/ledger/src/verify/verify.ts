/** `verify`: every writer directory below a root. */
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { LedgerError } from '../errors.ts'
import { segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { findWriterDirectories } from '../read/walk.ts'
import { AnchorCheck, readTrustedAnchors, withAnchored } from './check-anchors.ts'
import { listNames } from './list-names.ts'
import { withMisplaced } from './misplaced.ts'
import type { StreamReport, VerifyOptions, VerifyReport } from './report.ts'
import { inThisThread, ScanPool } from './scan-pool.ts'
import { verifyWriter } from './verify-writer.ts'

const workersMax = 64
/** What a thread has to have before it by default, since starting it takes as long as reading some of it. */
const bytesPerWorkerMin = 32 * 1024 * 1024

/**
 * Checks that nothing below `root` was changed since it was signed, and that nothing is missing. Reads only; works on a copy,
 * offline, and while a writer is appending. Everything wrong with a log is in the report, not thrown: it lists all breaks.
 *
 * `ok` is false when there is no stream at all. Without pinned keys it proves consistency, not origin.
 * Memory does not grow with the log. Rejects with LEDGER_DIR_MISSING, LEDGER_DIR_NOT_DIRECTORY, LEDGER_DIR_UNUSABLE,
 * LEDGER_OPTION_INVALID, LEDGER_VERIFY_INTERRUPTED, and with the signal's reason.
 *
 *     const report = await verify('/var/lib/trailmark', { publicKeys: [pinned] })
 */
export async function verify(root: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { publicKeys = [], heldRoots = [], workers, signal, onProgress } = options
  const trusted = readTrustedAnchors(options.witnesses, options.timestampCertificates)
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0 && workers <= workersMax))
    throw new LedgerError('LEDGER_OPTION_INVALID', `workers: ${workers} is no integer from 0 to ${workersMax}`)
  const directories = await findWriterDirectories(root)
  const total = await bytesIn(directories)
  const anchors = await AnchorCheck.read(root, directories, trusted, () => signal?.throwIfAborted())
  const count = workers ?? workersFor(total)
  signal?.throwIfAborted()
  const pool = count > 0 ? new ScanPool(count) : undefined
  const abort = (): void => pool?.end(signal?.reason)
  signal?.addEventListener('abort', abort)
  let done = 0
  let streams: StreamReport[] = []
  try {
    streams = await inLanes(directories, Math.max(1, count), (dir, stopIfOver) => {
      const onBytes = (bytes: number): void => {
        signal?.throwIfAborted()
        stopIfOver()
        done += bytes
        onProgress?.(done, Math.max(done, total))
      }
      signal?.throwIfAborted()
      return verifyWriter(dir, { publicKeys, heldRoots, anchors }, { onBytes }, pool ?? inThisThread)
    })
  } finally {
    signal?.removeEventListener('abort', abort)
    await pool?.close()
  }
  streams = streams.map((one) => withMisplaced(one, streams, resolve(root)))
  streams = streams.map((one) => withAnchored(one, anchors, streams))
  const origins = new Set(streams.map(({ origin }) => origin))
  const named = new Set([...heldRoots.map(({ origin }) => origin), ...anchors.named])
  const lost = [...named].filter((origin) => !origins.has(origin))
  const sound = streams.every((one) => one.integrity.ok && one.completeness.ok)
  return { ok: streams.length > 0 && sound && lost.length === 0, pinned: publicKeys.length > 0, streams, lost }
}

function workersFor(bytes: number): number {
  const count = Math.min(availableParallelism(), workersMax, Math.floor(bytes / bytesPerWorkerMin))
  return count > 1 ? count : 0
}

/** Answers in the order of the items, so many at a time. Rejects with the first failure, when everything else has stopped. */
async function inLanes<Item, Answer>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item, stopIfOver: () => void) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const failures: unknown[] = []
  const stopIfOver = (): void => {
    if (failures.length > 0) throw failures[0]
  }
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length && failures.length === 0; at = next++) {
      const item = items[at]
      if (item === undefined) return
      try {
        answers[at] = await work(item, stopIfOver)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  stopIfOver()
  return answers
}

async function bytesIn(directories: readonly string[]): Promise<number> {
  let bytes = 0
  for (const dir of directories) {
    for (const first of segmentsAmong(await listNames(join(dir, segmentDirectory)))) {
      bytes += await stat(join(dir, segmentFile(first))).then(
        (facts) => facts.size,
        () => 0,
      )
    }
  }
  return bytes
}
