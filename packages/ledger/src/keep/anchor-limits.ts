/** What every anchor keeps to: a name that can stand in a file's name, and an end to its waiting. */
import { LedgerError } from '../errors.ts'

/** `name` itself. Throws LEDGER_OPTION_INVALID unless it is `[a-z0-9-]{1,40}`, since it names files of evidence. */
export function anchorName(name: string): string {
  if (/^[a-z0-9-]{1,40}$/.test(name)) return name
  throw new LedgerError('LEDGER_OPTION_INVALID', `name: ${JSON.stringify(name)} is not 1 to 40 of a-z, 0-9 and -`)
}

/** How long one publication may take, in milliseconds: from 10 to 600,000. Throws LEDGER_OPTION_INVALID otherwise. */
export function anchorTimeoutMs(timeoutMs: number): number {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 10 && timeoutMs <= 600_000) return timeoutMs
  throw new LedgerError('LEDGER_OPTION_INVALID', `timeoutMs: ${timeoutMs} is not between 10 and 600000`)
}

/**
 * Runs `work` with a signal that ends with the caller's or after `timeoutMs`, and does not wait longer than that, even if `work`
 * cannot be stopped: a disk that hangs stays hanging.
 *
 * Rejects with the LedgerError of `work`, and with LEDGER_ANCHOR_UNREACHABLE for everything else.
 */
export async function withDeadline<T>(
  name: string,
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = (): LedgerError => unreachable(name, `no answer within ${timeoutMs} ms, or it was stopped`)
  if (signal.aborted) throw late()
  const both = new AbortController()
  const stop = (): void => both.abort()
  const timer = setTimeout(stop, timeoutMs).unref()
  signal.addEventListener('abort', stop, { once: true })
  const ended = new Promise<never>((_, reject) => {
    both.signal.addEventListener('abort', () => reject(late()), { once: true })
  })
  try {
    return await Promise.race([ended, work(both.signal)])
  } catch (error) {
    throw error instanceof LedgerError ? error : unreachable(name, messageOf(error), error)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** LEDGER_ANCHOR_UNREACHABLE of the anchor with this name. */
export function unreachable(name: string, why: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_ANCHOR_UNREACHABLE', `${name}: ${why}`, { cause })
}

/** LEDGER_ANCHOR_REFUSED of the anchor with this name. */
export function refused(name: string, why: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_ANCHOR_REFUSED', `${name}: ${why}`, { cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
