/** The text of LOCK: one JSON line of fixed order, and the rule that says when its holder is gone. */

export const lockBytesMax = 4096
/** From another pid namespace a holder is gone after this long without a heartbeat. */
export const silenceMsMax = 30_000

/** Who holds a lock, as far as another process can tell. */
export interface Identity {
  readonly host: string
  readonly boot: string
  /** The inode of the pid namespace, as decimal digits. */
  readonly pidNamespace: string
  readonly pid: number
  /** Clock ticks between boot and the start of the process. */
  readonly start: string
}

export interface LockText extends Identity {
  /** 32 hex characters, new at every taking. */
  readonly token: string
  readonly ack: string
  readonly heartbeat: number
}

export function formatLock(lock: LockText): string {
  const { host, boot, pidNamespace, pid, start, token, ack, heartbeat } = lock
  return `${JSON.stringify({ format: 'trailmark-lock/1', host, boot, pid_namespace: pidNamespace, pid, start, token, ack, heartbeat })}\n`
}

/** Undefined for what is not a lock, such as one whose writer died between creating and writing it. */
export function parseLock(bytes: Uint8Array): LockText | undefined {
  if (bytes.length > lockBytesMax) return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const all: Record<string, unknown> = { ...value }
  const { host, boot, pid_namespace: pidNamespace, pid, start, token, ack, heartbeat } = all
  if (all['format'] !== 'trailmark-lock/1' || !isCount(pid) || !isCount(heartbeat)) return undefined
  if (!isText(host) || !isText(boot) || !isText(pidNamespace) || !isText(start) || !isText(token) || !isText(ack))
    return undefined
  return { host, boot, pidNamespace, pid, start, token, ack, heartbeat }
}

/**
 * Whether the holder of a lock is gone. In our own pid namespace its pid says so; from anywhere else a live holder looks dead,
 * so only silence counts, both in what it wrote and in when the file was last written, in case its clock is wrong.
 */
export function isAbandoned(
  lock: LockText | undefined,
  now: {
    readonly timeMs: number
    readonly writtenMs: number
    readonly self: Identity
    startOf(pid: number): string | undefined
  },
): boolean {
  const untouched = Math.abs(now.timeMs - now.writtenMs) > silenceMsMax
  if (!lock) return untouched
  const { self } = now
  if (lock.host === self.host && lock.boot === self.boot && lock.pidNamespace === self.pidNamespace) {
    return now.startOf(lock.pid) !== lock.start
  }
  return untouched && Math.abs(now.timeMs - lock.heartbeat) > silenceMsMax
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1024
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
