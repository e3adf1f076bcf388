/**
 * Points in time as people type them: `15m`, `2h`, `1d` ago, `now`, or a date in ISO 8601, which is UTC unless it says
 * otherwise, like everything in the trail.
 */
import { usageError } from './errors.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const relative = /^(\d{1,6})([smhdw])$/
const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** Milliseconds since 1970. Throws CLI_USAGE naming the option when the text is no time. */
export function parseTime(text: string, option: string, nowMs: number): number {
  if (text === 'now') return nowMs
  const ago = relative.exec(text)
  if (ago) return nowMs - Number(ago[1]) * unitMs[ago[2] as keyof typeof unitMs]
  const parts = text.length <= 40 ? iso.exec(text) : null
  if (parts) {
    const [, day = '', minute = '00:00', second = ':00', zone = 'Z'] = parts
    const ms = Date.parse(`${day}T${minute}${second}${zone}`)
    // Date.parse turns the 31st of February into March; whoever typed it meant neither.
    const dayExists = isoDay(Date.parse(`${day}T00:00:00Z`)) === day
    if (!Number.isNaN(ms) && dayExists) return ms
  }
  throw usageError(
    `--${option} ${JSON.stringify(text.slice(0, 60))} is no time: try 15m, 2h, 1d, 2026-01-15 or 2026-01-15T09:30Z`,
  )
}

function isoDay(ms: number): string | undefined {
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10)
}
