/**
 * Whether an anchor log was ever silent: two entries further apart than three intervals, without a `stop` in between.
 *
 * Entries that follow each other in time become one stretch, so that a year of minutes is a handful of numbers. Several writers
 * of one anchor log, one after the other or side by side, cover for each other.
 */
import type { AnchorEntry } from '../keep/anchor-entry.ts'
import type { Gap } from './report.ts'

/** How many intervals may pass: one for a slow disk, one for a process that takes over. */
const intervalsMax = 3

/** A time without a silence in it. */
interface Stretch {
  readonly dir: string
  readonly firstMs: number
  lastMs: number
  /** The interval that the last entry promised; infinite once it was stopped. */
  patienceMs: number
  /** The index of the last entry. */
  lastN: number
}

/** The entries of one writer of an anchor log, in order. */
export class Heartbeat {
  readonly #dir: string
  readonly stretches: Stretch[] = []

  constructor(dir: string) {
    this.#dir = dir
  }

  beat(n: number, { timeMs, everyMs, event }: AnchorEntry): void {
    const patienceMs = event === 'stop' ? Number.POSITIVE_INFINITY : intervalsMax * everyMs
    const last = this.stretches.at(-1)
    if (!last || timeMs - last.lastMs > last.patienceMs) {
      this.stretches.push({ dir: this.#dir, firstMs: timeMs, lastMs: timeMs, patienceMs, lastN: n })
      return
    }
    // A clock that was set back takes nothing away from what was heard before.
    last.lastMs = timeMs
    last.patienceMs = patienceMs
    last.lastN = n
  }
}

/** Each silence of an anchor log, under the writer directory that was heard last before it. */
export function findSilences(heartbeats: readonly Heartbeat[]): Map<string, Gap[]> {
  const gaps = new Map<string, Gap[]>()
  let before: Stretch | undefined
  for (const next of heartbeats.flatMap(({ stretches }) => stretches).sort((a, b) => a.firstMs - b.firstMs)) {
    if (before && next.firstMs - before.lastMs > before.patienceMs) {
      const { dir, lastN, lastMs } = before
      const [from, to] = [new Date(lastMs).toISOString(), new Date(next.firstMs).toISOString()]
      const message = `no heartbeat from ${from} to ${to}, after entry ${lastN}: it was not stopped`
      const gap = {
        code: 'LEDGER_HEARTBEAT_SILENT',
        firstSeq: lastN,
        lastSeq: lastN,
        message,
        explained: false,
      } as const
      gaps.set(dir, [...(gaps.get(dir) ?? []), gap])
    }
    if (!before || next.lastMs >= before.lastMs) before = next
  }
  return gaps
}
