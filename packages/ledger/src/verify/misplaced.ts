/**
 * Whether a writer stands where it says, and once: a copy of one under another name, or in another stream, is sound in itself,
 * and whoever reads the trail would see each of its records twice.
 */
import { basename, relative } from 'node:path'
import type { Break, StreamReport } from './report.ts'

/** The report with a break when its directory has another name than its writer, or another one below `root` holds the same. */
export function withMisplaced(report: StreamReport, all: readonly StreamReport[], root: string): StreamReport {
  const messages: string[] = []
  // Somebody who verifies one writer alone may have called the copy what he likes.
  if (report.dir !== root && basename(report.dir) !== report.writer) messages.push(`this is writer ${report.writer}`)
  const twin = report.origin && all.find((one) => one !== report && one.origin === report.origin)
  if (twin) messages.push(`the same writer is in ${relative(root, twin.dir) || '.'} as well: verify copies apart`)
  if (messages.length === 0) return report
  const breaks: Break[] = messages.map((message) => {
    return { code: 'LEDGER_WRITER_MISPLACED', n: -1, file: 'LEDGER.json', offset: 0, message }
  })
  return { ...report, integrity: { ok: false, breaks: [...report.integrity.breaks, ...breaks] } }
}
