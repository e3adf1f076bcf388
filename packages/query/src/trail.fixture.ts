/** Trails for tests: real ledgers, written line by line with what a test wants to find again. */
import { join } from 'node:path'
import { memoryKeys } from '@trailmark/keys'
import { openLedger } from '@trailmark/ledger'

export const startMs = Date.UTC(2026, 0, 15, 10)

export interface RecordPlan {
  /** Milliseconds after `startMs` at which it happened. */
  readonly atMs: number
  /** The same for when it was recorded; default: when it happened. */
  readonly recordedMs?: number
  readonly type?: string
  /** Further members, in any order. */
  readonly members?: Readonly<Record<string, unknown>>
}

let made = 0

/** A UUIDv7 of that moment. */
export function idAt(timeMs: number): string {
  const time = timeMs.toString(16).padStart(12, '0')
  const count = (made++).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`
}

/** The body of a record as the serialiser writes it: fixed members first. */
export function body(plan: RecordPlan, seq: number, service = 'clinic'): string {
  const timeMs = startMs + plan.atMs
  const record = {
    schema: 'audit/1',
    timestamp: new Date(timeMs).toISOString(),
    id: idAt(startMs + (plan.recordedMs ?? plan.atMs)),
    seq,
    stream: 'audit',
    level: 'INFO',
    severity: 1,
    event_type: plan.type ?? 'data_access',
    event_code: 'DAT001S',
    category: 'data',
    action: 'read',
    outcome: 'success',
    actor: { type: 'user' },
    service: { name: service, env: 'test', instance: 'host-1' },
    policy: 'abcdef012345',
    ...plan.members,
  }
  return JSON.stringify(record).slice(1, -1)
}

/** One complete line, framed as far as readers look. */
export function line(plan: RecordPlan, n: number, service?: string): string {
  return `{"n":${n},"d":${n - 1},${body(plan, n, service)},"h":"AAAAAAAAAAA"}`
}

const keys = memoryKeys()

/** Opens a ledger of one writer below `root`. `atMs` is the time, after `startMs`, that the ledger believes it is. */
export function openTrail(root: string, service = 'clinic', at: { atMs: number } = { atMs: 0 }, stream = 'audit') {
  const ledger = openLedger({
    dir: join(root, service, `${stream}.standard`),
    origin: `${service}/${stream}.standard`,
    stream,
    retentionClass: 'standard',
    signer: keys.log,
    ack: 'durable',
    clock: { now: () => startMs + at.atMs },
  })
  let seq = 0
  return {
    name: `${service}/${stream}.standard/${ledger.writer}`,
    dir: join(root, service, `${stream}.standard`, ledger.writer),
    /** Text goes in as it is. Resolves when it is durable. */
    async write(...plans: readonly (RecordPlan | string)[]): Promise<void> {
      for (const plan of plans) ledger.append(typeof plan === 'string' ? plan : body(plan, seq++, service))
      await ledger.flush()
    },
    close: () => ledger.close(),
  }
}

/** Writes a ledger of one writer and closes it. */
export async function writeLedger(root: string, plans: readonly (RecordPlan | string)[], service = 'clinic') {
  const trail = openTrail(root, service)
  await trail.write(...plans)
  await trail.close()
  return trail
}
