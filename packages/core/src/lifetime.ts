/**
 * When an audit starts, looks after itself, and ends: start-up record, clock, metrics, signals, exit, close.
 *
 * Everything it puts into the process (timer, listeners, channels) goes away with `close()`, and nothing of it keeps the
 * process alive.
 */
import { uptime } from 'node:os'
import { inspect } from 'node:util'
import type { Anchors } from './anchors.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import { currentContext } from './context.ts'
import { reportOf, reportOfWarning } from './crash-report.ts'
import type { EventInput } from './event.ts'
import type { SafeError } from './fault/safe-error.ts'
import type { Counts, Health } from './health.ts'
import { hashLockfile } from './lockfile.ts'
import type { Notices } from './notice.ts'
import {
  type Announcement,
  changeAnnouncement,
  clockAnnouncement,
  levelAnnouncement,
  type StopFacts,
  stallAnnouncement,
  startAnnouncement,
  stopAnnouncement,
} from './record/announcements.ts'
import { type ClockWatch, createClockWatch } from './record/clock-watch.ts'
import { type PartHashes, rememberConfiguration } from './record/last-configuration.ts'
import { rememberRun } from './record/last-run.ts'
import { metricsRegistered, publishMetrics } from './record/metrics.ts'
import type { Operational } from './record/operational.ts'
import { drainMsMax, joinProcess } from './record/process.ts'
import { takeWarnings } from './record/process-warnings.ts'
import type { Recorder } from './record/recorder.ts'
import { createStallWatch } from './record/stall-watch.ts'

export interface LifetimeParts {
  readonly configuration: Configuration
  readonly parts: PartHashes
  readonly weak: Readonly<Record<string, boolean>>
  /** Where the last configuration is remembered; undefined in memory. */
  readonly serviceDir: string | undefined
  readonly clock: Clock
  readonly counts: Counts
  readonly notices: Notices
  readonly recorder: Recorder
  readonly operational: Operational
  readonly health: () => Health
  readonly safeError: (error: unknown) => SafeError
  /** Records one of the trail's own events. */
  readonly announce: (type: string, event: EventInput) => void
  /** Records an exception nobody caught, in the request it happened in. */
  readonly recordCrash: (error: unknown, origin: 'uncaught_exception' | 'unhandled_rejection') => void
  readonly stopOutbound: () => void
  /** Ends the drain of the outbox; what it took is in the ledgers then. */
  readonly stopRelay: () => Promise<void> | undefined
  /** Shown checkpoints while the process runs, and a last one at its end. */
  readonly anchors: Anchors | undefined
  /** Looks after the subject keys: asked every second, does something now and then. */
  readonly tend: (nowMs: number) => void
  /** Called before the last records are made. */
  readonly beforeEnd: () => void
  /** Whether a debugger can be attached to this process; asked again and again, because a signal may open it. */
  readonly inspectorOpen: () => boolean
  /** Called once when one can. */
  readonly onInspector: () => void
}

const tickMs = 1_000
/** What anchors leave of the time that a signal gives. */
const drainMsKept = 300
/** How long close() waits for somebody to read the lines. */
const linesMsMax = 1_000

export class Lifetime {
  readonly #parts: LifetimeParts
  readonly #clockWatch: ClockWatch
  readonly #stallWatch: () => void
  readonly #startedMs: number
  readonly #timer: NodeJS.Timeout
  readonly #leave: () => void
  #stopMetrics: (() => void) | undefined
  #inspectorTold = false
  #stopReason: StopFacts['reason'] | undefined
  #stopSignal: string | undefined
  #closing: Promise<void> | undefined

  /** Starts: from here on the process is watched and the start is on record. */
  constructor(parts: LifetimeParts) {
    this.#parts = parts
    const { clock, counts } = parts
    this.#startedMs = clock.monotonic()
    this.#clockWatch = createClockWatch({
      clock,
      uptimeMs: () => (clock === systemClock ? uptime() * 1_000 : undefined),
      onJump: (jumpMs) => {
        counts.clockJumps++
        this.#announce(clockAnnouncement(jumpMs))
      },
    })
    this.#stallWatch = createStallWatch(clock, tickMs, (stalls) => this.#announce(stallAnnouncement(stalls)))
    this.#announceStart()
    void this.#announceRun()
    this.#timer = setInterval(() => this.#tick(), tickMs).unref()
    const leave = joinProcess({
      signals: parts.configuration.signals,
      drain: (signal, dying) => this.#drain(signal, dying),
      die: () => this.#end(),
      crashed: (error, origin) => this.#crashed(error, origin),
      printCrash: (error) => this.#printCrash(error),
      exit: (code) => this.#exit(code),
    })
    const { signals, test } = parts.configuration
    const returnWarnings = signals && !test ? takeWarnings((warning) => this.#printWarning(warning)) : undefined
    this.#leave = () => {
      leave()
      returnWarnings?.()
    }
    this.#tick()
  }

  /** Compares the clocks: with the time of each record, and once a second. */
  checkClock(nowMs: number): void {
    this.#clockWatch.check(nowMs)
  }

  /** Prints a raw error where only a developer sees it: on a terminal, outside production. */
  showRawError(error: unknown, requestId?: string): void {
    if (!this.#parts.configuration.terminal) return
    const where = requestId === undefined ? '' : ` in request ${requestId}`
    this.#parts.notices.print(`trailmark: raw error${where}, shown on this terminal only:\n${inspectSafely(error)}`)
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopMetrics?.()
    this.#parts.stopOutbound()
    const relayed = this.#parts.stopRelay()
    if (relayed !== undefined) await relayed
    this.#announceStop('requested')
    // Side by side: a reader of stdout that stands still must not keep the ledgers open.
    const lines = soon(this.#parts.operational.flush())
    try {
      await this.#parts.recorder.close()
    } finally {
      // The last checkpoints are signed now.
      await this.#parts.anchors?.stop()
      await lines
      // Last: a process that ends meanwhile still has to flush what is left.
      this.#leave()
    }
  }

  #announce({ type, event }: Announcement): void {
    this.#parts.announce(type, event)
  }

  #announceStart(): void {
    const { configuration, parts, weak, serviceDir, notices } = this.#parts
    const { hash, ack, service, refusedLevel, levelNotice, logLevel } = configuration
    this.#announce(startAnnouncement({ hash, parts, ack, weak, env: service.env, version: service.version }))
    for (const change of serviceDir === undefined ? [] : rememberConfiguration(serviceDir, parts)) {
      this.#announce(changeAnnouncement(change))
    }
    if (refusedLevel === undefined) return
    this.#announce(levelAnnouncement(refusedLevel.requested, logLevel, refusedLevel.source))
    if (levelNotice !== undefined) notices.notice('LEVEL_REFUSED', levelNotice)
  }

  /** Behind the start: a lock file of megabytes must not hold it up. */
  async #announceRun(): Promise<void> {
    const { serviceDir, configuration } = this.#parts
    if (serviceDir === undefined) return
    const lockfile = await hashLockfile(process.cwd())
    if (this.closed) return
    for (const told of rememberRun(serviceDir, { version: configuration.service.version, lockfile }))
      this.#announce(told)
  }

  #announceStop(reason: StopFacts['reason'], more: { signal?: string; exitCode?: number } = {}): void {
    const { clock, recorder, beforeEnd } = this.#parts
    beforeEnd()
    const stuck = recorder.health().filter((ledger) => !ledger.healthy)
    const unflushed = stuck.reduce((sum, ledger) => sum + ledger.queueEntries, 0)
    this.#announce(stopAnnouncement({ reason, uptimeMs: clock.monotonic() - this.#startedMs, unflushed, ...more }))
  }

  #tick(): void {
    const nowMs = this.#parts.clock.now()
    this.#clockWatch.check(nowMs)
    this.#stallWatch()
    this.#parts.tend(nowMs)
    if (!this.#inspectorTold && this.#parts.inspectorOpen()) {
      this.#inspectorTold = true
      this.#parts.onInspector()
    }
    if (this.#stopMetrics === undefined && this.#parts.configuration.metrics && metricsRegistered()) {
      this.#stopMetrics = publishMetrics(this.#parts.health)
    }
  }

  async #drain(signal: string, dying: boolean): Promise<void> {
    // Told now, because a process that dies of a signal gets no other chance. One that listens itself decides when it ends.
    if (dying) this.#announceStop('signal', { signal })
    else this.#stopSignal = signal
    const beganMs = performance.now()
    await Promise.allSettled([this.#parts.recorder.flush(), this.#parts.operational.flush()])
    // What is left of the time: a process that takes longer is ended without having closed its ledgers.
    await this.#parts.anchors?.drain(Math.max(0, drainMsMax - drainMsKept - (performance.now() - beganMs)))
  }

  #crashed(error: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void {
    this.#stopReason = origin === 'uncaughtException' ? 'uncaught_exception' : 'unhandled_rejection'
    this.#parts.recordCrash(error, this.#stopReason)
  }

  #printCrash(error: unknown): void {
    const requestId = currentContext()?.requestId
    const report = reportOf(this.#parts.safeError(error), this.#parts.configuration.terminal, requestId)
    this.#parts.notices.print(`trailmark: the process ends with an exception nobody caught: ${report}`)
    this.showRawError(error, requestId)
  }

  #printWarning(warning: unknown): void {
    this.#parts.notices.print(`trailmark: process warning: ${reportOfWarning(this.#parts.safeError(warning))}`)
    this.showRawError(warning)
  }

  #exit(code: number): void {
    // While close() is under way the end is on record already.
    if (this.#closing === undefined) {
      const signal = this.#stopSignal
      const reason = this.#stopReason ?? (signal === undefined ? 'exit' : 'signal')
      this.#announceStop(reason, { exitCode: code, ...(signal !== undefined && { signal }) })
    }
    this.#end()
  }

  #end(): void {
    this.#parts.recorder.closeSync()
    this.#parts.anchors?.stopNow()
    this.#parts.operational.flushSync()
  }
}

/** Resolves when `work` does, and at the latest after a second. */
async function soon(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, linesMsMax)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

function inspectSafely(error: unknown): string {
  try {
    return inspect(error)
  } catch {
    return '(cannot be shown)'
  }
}
