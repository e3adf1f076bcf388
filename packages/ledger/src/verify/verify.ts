/** `verify`: every writer directory below a root, one after the other. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { segmentDirectory } from '../layout.ts'
import { findWriterDirectories } from '../read/walk.ts'
import { listNames } from './list-names.ts'
import { withMisplaced } from './misplaced.ts'
import type { StreamReport, VerifyOptions, VerifyReport } from './report.ts'
import { verifyWriter } from './verify-writer.ts'

/**
 * Checks that nothing below `root` was changed since it was signed, and that nothing is missing. Reads only; works on a copy,
 * offline, and while a writer is appending. Everything wrong with a log is in the report, not thrown: it lists all breaks.
 *
 * `ok` is false when there is no stream at all. Without pinned keys it proves consistency, not origin.
 * Rejects with LEDGER_DIR_MISSING, LEDGER_DIR_NOT_DIRECTORY, LEDGER_DIR_UNUSABLE, and with the signal's reason.
 *
 *     const report = await verify('/var/lib/trailmark', { publicKeys: [pinned] })
 */
export async function verify(root: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { publicKeys = [], heldRoots = [], signal, onProgress } = options
  const directories = await findWriterDirectories(root)
  const total = onProgress ? await bytesIn(directories) : 0
  let done = 0
  let streams: StreamReport[] = []
  for (const dir of directories) {
    const watch = {
      onBytes(bytes: number) {
        signal?.throwIfAborted()
        done += bytes
        onProgress?.(done, Math.max(done, total))
      },
    }
    signal?.throwIfAborted()
    streams.push(await verifyWriter(dir, { publicKeys, heldRoots }, watch))
  }
  streams = streams.map((one) => withMisplaced(one, streams, resolve(root)))
  const origins = new Set(streams.map(({ origin }) => origin))
  const lost = [...new Set(heldRoots.map(({ origin }) => origin))].filter((origin) => !origins.has(origin))
  const sound = streams.every((one) => one.integrity.ok && one.completeness.ok)
  return { ok: streams.length > 0 && sound && lost.length === 0, pinned: publicKeys.length > 0, streams, lost }
}

async function bytesIn(directories: readonly string[]): Promise<number> {
  let bytes = 0
  for (const dir of directories) {
    for (const name of await listNames(join(dir, segmentDirectory))) {
      bytes += await stat(join(dir, segmentDirectory, name)).then(
        (facts) => facts.size,
        () => 0,
      )
    }
  }
  return bytes
}
