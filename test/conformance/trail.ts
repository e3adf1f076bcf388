/**
 * An audit whose records and lines can be read, and whose ledger can be told to fail.
 *
 * The ledger is a port of the recorder like any other, in memory: the suite asks what was recorded and when it was durable,
 * never how a disk behaves.
 */
import type { Audit, AuditOptions } from '@trailmark/core'
import { memoryKeys } from '@trailmark/keys'
// The public way would print its notices on this test's stderr.
import { openAudit } from '../../packages/core/src/audit.ts'
import { thisPlatform } from '../../packages/core/src/configuration.ts'

type OpenLog = Extract<NonNullable<AuditOptions['ledger']>, (...given: never) => unknown>
type Log = ReturnType<OpenLog>

export interface Line {
  readonly event_type: string
  readonly level: string
  readonly request_id: string
  readonly trace_id: string
  readonly span_id: string
  readonly trace_flags: string
  readonly http: {
    readonly method: string
    readonly route?: string
    readonly status?: number
    readonly duration_ms?: number
    readonly req_bytes?: number
    readonly res_bytes?: number
    readonly completion?: string
  }
  readonly remote?: { readonly request_id_token?: string; readonly trace_id?: string; readonly reason: string }
  readonly user_id?: string
}

export interface StoredRecord extends Omit<Line, 'http'> {
  readonly stream: string
  readonly outcome: string
  readonly reason?: string
  readonly phase?: string
  readonly operation_id?: string
  readonly actor: { readonly type: string; readonly roles?: readonly string[] }
  readonly targets?: readonly { readonly type: string; readonly id?: string }[]
  readonly subjects?: readonly string[]
  readonly decision?: { readonly effect: string; readonly roles_evaluated?: readonly string[] }
  readonly volume?: { readonly records?: number; readonly bytes?: number }
  readonly purpose?: string
  readonly legal_basis?: string
  readonly ticket_ref?: string
  readonly ip_address?: string
  readonly source?: { readonly peer_ip_masked?: string; readonly trusted_hops?: number }
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly http?: Line['http']
  readonly aggregate?: { readonly count: number; readonly start: string; readonly end: string }
}

/** How the ledger behaves: `works`; `waits`, nothing becomes durable until `release()`; `fails`, every promise rejects. */
export type Mode = 'works' | 'waits' | 'fails'

export interface Trail {
  readonly audit: Audit
  /** The terminal lines so far. */
  lines(): Line[]
  /** Records of requests so far, of one type or all: what the process tells of itself is left out. */
  records(type?: string): StoredRecord[]
  /** Everything that was written anywhere, as text. */
  written(): string
  /** What the operator was told. */
  notices(): readonly string[]
  set(mode: Mode): void
  /** Everything that waits becomes durable. */
  release(): void
  /** Everything that waits fails. */
  refuse(): void
  /** Resolves once the condition holds; rejects after 5 s with what is there. */
  until(condition: () => boolean): Promise<void>
}

export type TrailOptions = Omit<AuditOptions, 'ledger' | 'operational' | 'keys'> & {
  /** What NODE_ENV says; default `test`. */
  readonly mode?: 'production' | 'development' | 'test'
}

export function openTrail({ mode = 'test', ...options }: TrailOptions = {}): Trail {
  const lines: string[] = []
  const bodies: string[] = []
  const ledger = switchable(bodies)
  const notices: string[] = []
  const given: AuditOptions = {
    service: 'conformance',
    signals: false,
    metrics: false,
    keys: memoryKeys(),
    ...options,
    ledger: ledger.open,
    operational: (line) => void lines.push(line),
  }
  const platform = { ...thisPlatform(), env: { ...process.env, NODE_ENV: mode }, stderrTerminal: false }
  const audit = openAudit(given, { platform, print: (line) => void notices.push(line) })
  const read = <T>(text: string): T => JSON.parse(text)
  const trail: Trail = {
    audit,
    lines: () => lines.map((line) => read<Line>(line)).filter((line) => line.event_type === 'http_request'),
    records: (type) =>
      bodies
        .map((body) => read<StoredRecord>(`{${body}}`))
        // What people see of their own records, and keys, have ledgers of their own.
        .filter(({ stream }) => stream === 'audit')
        .filter((record) => (type === undefined ? record.request_id !== undefined : record.event_type === type)),
    written: () => [...lines, ...bodies, ...notices].join('\n'),
    notices: () => notices,
    set: ledger.set,
    release: ledger.release,
    refuse: ledger.refuse,
    async until(condition) {
      const deadline = Date.now() + 5_000
      while (!condition()) {
        if (Date.now() > deadline) throw new Error(`never came to be; written so far:\n${trail.written()}`)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
  }
  return trail
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

function switchable(bodies: string[]): { open: OpenLog; set(mode: Mode): void; release(): void; refuse(): void } {
  let mode: Mode = 'works'
  let held: Waiting[] = []
  const settleHeld = (how: (one: Waiting) => void): void => {
    const now = held
    held = []
    now.forEach(how)
  }
  const full = (): Error => new Error('the disk of this test is full')
  const open: OpenLog = ({ stream, retentionClass }) => {
    const writer = 'w-000000000000'
    let next = 0
    const log: Log = {
      writer,
      opening: {
        writer,
        incarnation: `${stream}.${retentionClass}`,
        next: 0,
        previous: 'new',
        refused: [],
        ack: 'durable',
        publicKey: '',
      },
      get state() {
        return { next, durable: next - 1, queuedBytes: 0, queuedEntries: 0, healthy: mode === 'works' }
      },
      append(body) {
        const position = { writer, n: next++ }
        bodies.push(body)
        const durable = settle(position)
        durable.catch(() => undefined)
        return { acknowledged: durable, durable }
      },
      takeUnacknowledged: () => [],
      adopt: () => undefined,
      flush: () => Promise.resolve(),
      flushSync: () => undefined,
      close: () => Promise.resolve(),
      closeSync: () => undefined,
    }
    return log
  }
  const settle = <T>(position: T): Promise<T> => {
    if (mode === 'fails') return Promise.reject(full())
    if (mode === 'works') return Promise.resolve(position)
    return new Promise((resolve, reject) => held.push({ resolve: () => resolve(position), reject }))
  }
  return {
    open,
    release: () => settleHeld((one) => one.resolve()),
    refuse: () => settleHeld((one) => one.reject(full())),
    set(next) {
      mode = next
    },
  }
}
