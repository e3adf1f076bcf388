/**
 * What `audit.health()` and `audit.ready()` answer: the state of every ledger, as plain data without secrets.
 */
import { scrubFailures } from './scrub/scrub.ts'

/** One ledger of this process. */
export interface LedgerHealth {
  /** Stream and retention class: `audit.standard`. */
  readonly stream: string
  /** The writer directory in use. */
  readonly writer: string
  /** Absent for a memory ledger. */
  readonly dir?: string
  /** False while the ledger cannot write; it tries again by itself. */
  readonly healthy: boolean
  readonly failure?: { readonly code: string; readonly message: string }
  /** Entries written or queued in this ledger directory, over its whole life. */
  readonly entries: number
  /** Highest index known durable; -1 for none. */
  readonly durable: number
  readonly queueBytes: number
  readonly queueEntries: number
  /** Records dropped since the start because the queue was full; each is named by an `audit_gap` record. */
  readonly dropped: number
  /** How often this process went on in a new writer directory after a final failure. */
  readonly reopened: number
  readonly checkpoint?: { readonly size: number; readonly time: string }
}

/** Who outside has seen how much of this trail. */
export interface AnchoringHealth {
  /** `holder`: this process shows checkpoints to the anchors. `passive`: another process of this service does. */
  readonly role: 'starting' | 'holder' | 'passive' | 'stopped'
  /** Entries in the anchor log, as far as signed. */
  readonly size: number
  /** Entries of the anchor log from here on are with no anchor. Absent when the newest checkpoint is with one. */
  readonly unanchored?: number
  readonly anchors: readonly {
    readonly name: string
    /** How many entries of the anchor log it has seen, and when. */
    readonly size: number
    readonly time?: string
    readonly failure?: { readonly code: string; readonly message: string }
  }[]
  /** What looks like tampering, as `rollback <anchor> [<log>]`, `rewound <writer>`, `gone <writer>` or `unusable <writer>`. */
  readonly alarms: readonly string[]
}

/** Counters since the start of the process. They only grow. */
export interface Counts {
  /** Records accepted into a ledger. */
  recorded: number
  /** Records dropped because a queue was full. */
  dropped: number
  /** Calls of `record()` that the policy answered with level `none`. */
  notRecorded: number
  /** Events refused because something their definition requires was missing. */
  incomplete: number
  /** Events whose name the catalogue does not know. */
  unknownEvent: number
  /** Results of class `block` that were not durable when their answer was due: it was released without, or refused. */
  resultsNotDurable: number
  /** Times the ambient context named another request than the explicit one. */
  contextMismatch: number
  /** Internal failures of `record()` itself. Anything but 0 is a defect worth reporting. */
  failed: number
  /** Operational lines that could not be written. */
  linesLost: number
  /** Times the wall clock jumped against the monotonic one. */
  clockJumps: number
  /** Values and messages from which something was removed before loggers of this audit wrote them. */
  redactions: number
  /** Values that could not be scrubbed in this process, and were withheld. Anything but 0 is a defect worth reporting. */
  scrubFailed: number
}

export interface Health {
  /**
   * `ok`; `degraded`: still accepting, but a ledger cannot write or something looks like tampering; `failing`: records are being
   * dropped.
   */
  readonly status: 'ok' | 'degraded' | 'failing'
  readonly ledgers: readonly LedgerHealth[]
  /** Absent where no anchors are configured. */
  readonly anchoring?: AnchoringHealth
  /** Bytes waiting, over all ledgers, and the bound of each. */
  readonly queueBytes: number
  readonly queueBytesMax: number
  readonly counts: Readonly<Counts>
  /** What is weak about this set-up, as names: `keys_generated`, `keys_in_git_tree`, `no_anchor`, … */
  readonly weak: readonly string[]
}

/** Whether this process should get traffic, and if not, why: one short sentence each, fit for a probe's answer. */
export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
}

export function createCounts(): Counts {
  return {
    recorded: 0,
    dropped: 0,
    notRecorded: 0,
    incomplete: 0,
    unknownEvent: 0,
    resultsNotDurable: 0,
    contextMismatch: 0,
    failed: 0,
    linesLost: 0,
    clockJumps: 0,
    redactions: 0,
    scrubFailed: 0,
  }
}

/** The part of the recorder that health looks at. */
export interface HealthSource {
  readonly dropping: boolean
  health(): LedgerHealth[]
}

export function readHealth(
  source: HealthSource,
  counts: Counts,
  queueBytesMax: number,
  weak: Readonly<Record<string, boolean>>,
  anchoring?: AnchoringHealth,
): Health {
  const ledgers = source.health()
  const cannotWrite = ledgers.some((ledger) => !ledger.healthy)
  const isAlarming = anchoring !== undefined && anchoring.alarms.length > 0
  return {
    status: source.dropping ? 'failing' : cannotWrite || isAlarming ? 'degraded' : 'ok',
    ledgers,
    ...(anchoring && { anchoring }),
    queueBytes: ledgers.reduce((sum, ledger) => sum + ledger.queueBytes, 0),
    queueBytesMax,
    counts: { ...counts, scrubFailed: scrubFailures() },
    weak: Object.keys(weak).filter((name) => weak[name]),
  }
}

/** Not ready as soon as a ledger cannot write: what arrives meanwhile only waits in memory. */
export function readReadiness(source: HealthSource, closed: boolean): Readiness {
  if (closed) return { ready: false, reasons: ['the audit is closed'] }
  const reasons = source
    .health()
    .filter((ledger) => !ledger.healthy)
    .map(({ stream, failure }) => `${stream} cannot write${failure === undefined ? '' : `: ${failure.code}`}`)
  if (source.dropping) reasons.push('records are being dropped')
  return { ready: reasons.length === 0, reasons }
}
