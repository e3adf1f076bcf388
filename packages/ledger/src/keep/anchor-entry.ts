/**
 * What an entry of an anchor log says: which checkpoints of which writers there were, at what time. FORMAT.md, "Anchor log".
 *
 * One is written every interval even when nothing changed: a heartbeat, so that silence shows.
 */
import { bodyBytesMax, lineBytesMax } from '../line.ts'

const format = 'trailmark-anchor/1'
/** A day: an interval longer than that is none. */
export const everyMsMax = 86_400_000

/** Why an entry was written: somebody took the log up, time passed, a segment was sealed, somebody let go of it. */
export type AnchorEvent = 'start' | 'tick' | 'seal' | 'stop'
const events: readonly string[] = ['start', 'tick', 'seal', 'stop'] satisfies readonly AnchorEvent[]

export interface AnchorEntry {
  readonly timeMs: number
  readonly event: AnchorEvent
  /** How far apart two entries are meant to be. */
  readonly everyMs: number
  /** Origins of the writers that somebody held. */
  readonly live: readonly string[]
  /** Exact signed notes: those that changed; at the start the newest of every writer. */
  readonly checkpoints: readonly string[]
}

/** Whether a note fits into an entry at all. */
export function fitsEntry(note: string): boolean {
  return sizeOf(note) <= bodyBytesMax - headBytesMax
}

/** The bodies of as many entries as it takes. Texts that fit into none are left out: see `fitsEntry`. */
export function formatAnchorEntry(entry: AnchorEntry): string[] {
  const { timeMs, event, everyMs } = entry
  const time = new Date(timeMs).toISOString()
  const parts: { live: string[]; checkpoints: string[]; bytes: number }[] = []
  const begin = () => {
    const part = { live: [], checkpoints: [], bytes: headBytesMax }
    parts.push(part)
    return part
  }
  let part: (typeof parts)[number] = begin()
  for (const name of ['live', 'checkpoints'] as const) {
    for (const text of entry[name]) {
      const bytes = sizeOf(text)
      if (bytes > bodyBytesMax - headBytesMax) continue
      if (part.bytes + bytes > bodyBytesMax) part = begin()
      part[name].push(text)
      part.bytes += bytes
    }
  }
  return parts.map(({ live, checkpoints }) => {
    const members = { anchor: format, time, event, every_ms: everyMs, live, checkpoints }
    return JSON.stringify(members).slice(1, -1)
  })
}

/** The entry a line of an anchor log holds, or undefined when it holds none. Never throws. */
export function parseAnchorEntry(line: string): AnchorEntry | undefined {
  if (line.length > lineBytesMax) return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { anchor, time, event, every_ms: everyMs, live, checkpoints }: Record<string, unknown> = { ...value }
  if (anchor !== format || !isEvent(event) || typeof time !== 'string' || !timeShape.test(time)) return undefined
  const timeMs = Date.parse(time)
  if (Number.isNaN(timeMs) || typeof everyMs !== 'number' || !Number.isInteger(everyMs)) return undefined
  if (everyMs < 1 || everyMs > everyMsMax || !isTexts(live) || !isTexts(checkpoints)) return undefined
  return { timeMs, event, everyMs, live, checkpoints }
}

/** Everything but the texts of both lists. */
const headBytesMax = 256
const timeShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Its bytes in JSON, with a comma. */
function sizeOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) + 1
}

function isEvent(value: unknown): value is AnchorEvent {
  return typeof value === 'string' && events.includes(value)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
