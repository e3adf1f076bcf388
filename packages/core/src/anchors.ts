/**
 * Anchors, where an application configured some: started with the trail, told of in notices, records and health, and given a
 * last checkpoint at the end. Recording never waits for any of it.
 */
import { type Anchor, type AnchorFact, type Anchoring, startAnchoring } from '@trailmark/ledger'
import type { Clock } from './clock.ts'
import { AuditError } from './errors.ts'
import type { EventInput } from './event.ts'
import type { AnchoringHealth, LedgerHealth } from './health.ts'

/** Long enough for a checkpoint that is due within a second. */
const signedMsMax = 1_100
const pollMs = 25
/** How long `close()` waits for anchors. */
const stopMsMax = 2_000

export interface AnchorsParts {
  /** Where the writers of this service are; undefined where they are in no directory. */
  readonly serviceDir: string | undefined
  readonly signer: Parameters<typeof startAnchoring>[0]['signer']
  readonly epochs: Parameters<typeof startAnchoring>[0]['epochs'] | undefined
  readonly anchors: readonly Anchor[]
  readonly everyMs: number | undefined
  readonly clock: Clock
  readonly notice: (code: string, message: string) => void
  /** Records one of the trail's own events. */
  readonly announce: (type: string, event: EventInput) => void
  /** The ledgers of this process. */
  readonly ledgers: () => readonly LedgerHealth[]
}

/** The anchors of one audit. None of these throws or rejects. */
export interface Anchors {
  health(): AnchoringHealth
  /** Shows what is durable now, for at most so many milliseconds. */
  drain(msMax: number): Promise<void>
  /** A segment was sealed. */
  sealed(): void
  /** To be called once the ledgers are closed. */
  stop(): Promise<void>
  /** The same while the process ends: nobody outside is told any more. */
  stopNow(): void
}

/** Starts anchoring where anchors are configured. Throws AUDIT_OPTION_INVALID for anchors that are none. */
export function openAnchors(parts: AnchorsParts): Anchors | undefined {
  const { serviceDir, anchors, notice } = parts
  if (anchors.length === 0) return undefined
  if (serviceDir !== undefined) return startAnchors(parts, serviceDir)
  notice('ANCHORS_IDLE', 'anchors are configured and not used: these ledgers are in no directory of this machine')
  return undefined
}

function startAnchors(parts: AnchorsParts, serviceDir: string): Anchors {
  const alarms = new Set<string>()
  const failing = new Set<string>()
  const onFact = (fact: AnchorFact): void => tell(fact, parts, alarms, failing)
  const { signer, epochs, anchors, everyMs, clock, ledgers } = parts
  let anchoring: Anchoring
  try {
    anchoring = startAnchoring({
      serviceDir,
      signer,
      anchors,
      clock,
      onFact,
      ...(epochs && { epochs }),
      ...(everyMs !== undefined && { everyMs }),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AuditError('AUDIT_OPTION_INVALID', `anchors: ${reason}`, { cause: error })
  }
  let sealing: NodeJS.Timeout | undefined
  return {
    health: () => healthOf(anchoring, alarms),
    async drain(msMax) {
      await within(msMax, async () => {
        await signed(ledgers)
        await anchoring.now()
      })
    },
    sealed() {
      // Its seal and checkpoint are written in the same second, and other ledgers of this process may be sealed with it.
      sealing ??= setTimeout(() => {
        sealing = undefined
        void anchoring.now('seal')
      }, signedMsMax).unref()
    },
    async stop() {
      clearTimeout(sealing)
      await anchoring.stop(stopMsMax)
    },
    stopNow() {
      clearTimeout(sealing)
      anchoring.stopNow()
    },
  }
}

/** What an anchor's answer means for the trail: some of it is evidence of tampering and goes on record as such. */
function tell(fact: AnchorFact, { notice, announce }: AnchorsParts, alarms: Set<string>, failing: Set<string>): void {
  const { kind, code = '', message = '', anchor, origin = '' } = fact
  const alarm = (reason: string, name: string): void => {
    const what = [anchor, origin].filter((one) => one).join(' ')
    alarms.add(`${kind} ${what}`)
    notice(`${code} ${what}`, message)
    announce('audit_integrity_failed', { outcome: 'failure', reason, metadata: { verifier: name } })
  }
  const sink = anchor === undefined ? 'anchor-log' : `anchor-${anchor}`
  if (kind === 'rollback') alarm('rewound', sink)
  else if (kind === 'rewound') alarm('rewound', 'anchor-log')
  else if (kind === 'gone') alarm('missing', 'anchor-log')
  else if (kind === 'unusable')
    alarm(code === 'LEDGER_CHECKPOINT_UNSIGNED' ? 'bad_signature' : 'unreadable', 'anchor-log')
  else if (kind === 'failed' || kind === 'log') {
    failing.add(sink)
    notice(`${code} ${sink}`, message)
    announce('audit_sink_failed', { outcome: 'failure', reason: reasonOf(code), metadata: { sink } })
  } else {
    // A history the anchor takes again was not rewound: the directory was put right.
    alarms.delete(`rollback ${anchor}`)
    if (failing.delete(sink)) announce('audit_sink_recovered', { metadata: { sink } })
  }
}

function reasonOf(code: string): string {
  if (code === 'LEDGER_ANCHOR_UNREACHABLE') return 'unreachable'
  if (code === 'LEDGER_ANCHOR_REFUSED') return 'refused'
  return code === 'LEDGER_FULL' || code === 'LEDGER_DIR_FULL' ? 'no_space' : 'error'
}

function healthOf({ state }: Anchoring, alarms: ReadonlySet<string>): AnchoringHealth {
  const { role, size, anchors, unanchored } = state
  return {
    role,
    size,
    ...(unanchored !== undefined && { unanchored }),
    anchors: anchors.map(({ name, size, timeMs, failure }) => ({
      name,
      size,
      ...(timeMs !== undefined && { time: new Date(timeMs).toISOString() }),
      ...(failure && { failure: { code: failure.code, message: failure.message } }),
    })),
    alarms: [...alarms].sort(),
  }
}

/** Resolves when the checkpoint of every ledger covers what is durable, or when that takes too long. */
async function signed(ledgers: () => readonly LedgerHealth[]): Promise<void> {
  for (let waitedMs = 0; waitedMs < signedMsMax; waitedMs += pollMs) {
    if (ledgers().every(({ durable, checkpoint }) => (checkpoint?.size ?? 0) > durable)) return
    await new Promise((resolve) => setTimeout(resolve, pollMs).unref())
  }
}

async function within(msMax: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, msMax)
  })
  await Promise.race([work(), late])
  clearTimeout(timer)
}
