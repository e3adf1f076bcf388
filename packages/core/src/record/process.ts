/**
 * The end of the process, for every audit in it: one set of listeners, however many audits there are.
 *
 * What Node does at the end decides what must happen here:
 *
 *     process.exit, natural end, uncaught exception    'exit' runs    → everything is flushed synchronously there
 *     SIGTERM, SIGINT without a listener               nothing runs   → a listener drains, then raises the signal again
 *     SIGKILL, abort                                   nothing runs   → what was acknowledged is on disk already
 *
 * We never decide how an application dies: where it listens itself, we only drain.
 */

export type DrainSignal = 'SIGTERM' | 'SIGINT'

/** One audit, as the process sees it. None of these may throw. */
export interface ProcessMember {
  /** Whether this member wants the signals and uncaught exceptions; the exit flush always happens. */
  readonly signals: boolean
  /** A signal came: make durable what was accepted, and stay open. `dying`: nobody else listens, so the process ends of it. */
  drain(signal: DrainSignal, dying: boolean): Promise<void>
  /** Everything is drained and the signal is about to end the process: the last thing that runs. */
  die(): void
  /** An exception nobody caught, before Node does anything about it. */
  crashed(error: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void
  /** Prints the exception that ends the process; asked of one member only. */
  printCrash(error: unknown): void
  /** The process ends when this returns. */
  exit(code: number): void
}

/** How long a signal may wait for the ledgers. */
export const drainMsMax = 2_000
const signals: readonly DrainSignal[] = ['SIGTERM', 'SIGINT']

const members = new Set<ProcessMember>()
const raising = new Set<DrainSignal>()
let exiting = false
let watching = false

/** Lets a member take part until the returned function is called. The last one to leave removes the listeners. */
export function joinProcess(member: ProcessMember): () => void {
  if (members.size === 0) process.on('exit', onExit)
  members.add(member)
  if (member.signals) watch()
  return () => {
    members.delete(member)
    if (![...members].some((one) => one.signals)) unwatch()
    if (members.size === 0) process.off('exit', onExit)
  }
}

function watch(): void {
  if (!watching) process.on('uncaughtExceptionMonitor', onCrash)
  watching = true
  for (const signal of signals) listen(signal)
}

function unwatch(): void {
  watching = false
  process.off('uncaughtExceptionMonitor', onCrash)
  for (const signal of signals) process.off(signal, onSignal)
}

/** A listener changes what a signal does, so ours is only there while nobody else's is. */
function listen(signal: DrainSignal): void {
  if (process.listenerCount(signal) === 0) process.on(signal, onSignal)
}

function onSignal(signal: DrainSignal): void {
  // Asked twice, somebody is impatient: no more waiting.
  if (raising.has(signal)) {
    raise(signal)
    return
  }
  const dying = process.listenerCount(signal) === 1
  raising.add(signal)
  void drainAll(signal, dying).then((drained) => {
    raising.delete(signal)
    if (!dying || process.listenerCount(signal) > 1) return
    // A ledger that did not answer would hang again, and pid 1 goes on recording: neither is closed.
    if (drained && process.pid !== 1) for (const member of members) if (member.signals) member.die()
    raise(signal)
  })
}

/** Resolves to whether everybody was done in time. */
async function drainAll(signal: DrainSignal, dying: boolean): Promise<boolean> {
  const work = [...members].filter((one) => one.signals).map((one) => one.drain(signal, dying))
  let timer: NodeJS.Timeout | undefined
  // Not unref'd on purpose: with nothing else alive the process would end before the ledgers have answered.
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, drainMsMax, false)
  })
  const drained = await Promise.race([Promise.allSettled(work).then(() => true), deadline])
  clearTimeout(timer)
  return drained
}

function raise(signal: DrainSignal): void {
  process.off(signal, onSignal)
  process.kill(process.pid, signal)
  // Still here: pid 1 of a container ignores the default action. Then the process goes on, and so does the recording.
  setTimeout(() => {
    if (watching) listen(signal)
  }, 100).unref()
}

function onCrash(error: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void {
  const watchers = [...members].filter((one) => one.signals)
  for (const member of watchers) member.crashed(error, origin)
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return
  // Node would now print the raw error, its message and whatever was in it. Nobody else listens, so we print a safe one.
  watchers[0]?.printCrash(error)
  process.exit(1)
}

function onExit(code: number): void {
  if (exiting) return
  exiting = true
  for (const member of members) member.exit(code)
}
