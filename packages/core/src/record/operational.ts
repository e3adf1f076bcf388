/**
 * The operational stream: renders the lines of requests and hands them to stdout, a terminal, a function or a logger.
 *
 * Best effort by design: whatever the sink does, the request goes on, and what was lost is counted.
 */
import { types } from 'node:util'
import type { MaskedDraft } from '../draft.ts'
import { AuditError } from '../errors.ts'
import type { Level } from '../event.ts'
import type { Counts } from '../health.ts'
import { type Receipt, RefusedReceipt } from '../receipt.ts'
import { humanLines, jsonLines, type LineFacts, lineLevel } from './access-line.ts'
import { createLineWriter, type LineWriter } from './line-writer.ts'
import { createSerialiser, type Envelope } from './serialise.ts'

/** A function that takes a line, a stream, or a logger that takes an object (pino). */
export type LineSink =
  | ((line: string) => void)
  | { write(line: string): unknown }
  | { info(fields: object): void; warn?(fields: object): void; error?(fields: object): void }

export interface OperationalSettings {
  readonly target: 'stdout' | 'human' | 'none' | LineSink
  readonly level: Level
  readonly colour: boolean
  readonly envelope: Envelope
  readonly counts: Counts
}

export interface Operational {
  /** Writes the line of one request; `address` is masked. Never throws. */
  line(facts: LineFacts, timeMs: number, address: string | undefined): void
  /** Writes an event whose definition says that it is a line and no record. Never throws. */
  record(masked: MaskedDraft): Receipt
  flush(): Promise<void>
  flushSync(): void
}

const ranks: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 1, WARNING: 2, ERROR: 3, CRITICAL: 4 }
const stdoutFd = 1
/** Long enough for a batch under load, short enough for somebody who looks. */
const batchMs = 50

export function createOperational(settings: OperationalSettings): Operational {
  const { target, level, counts, envelope, colour } = settings
  if (target === 'none') {
    return { line: () => undefined, record: refuse, flush: () => Promise.resolve(), flushSync: () => undefined }
  }
  const { put, writer } = openTarget(target, counts)
  const json = jsonLines(envelope.service)
  const render = target === 'human' ? humanLines(colour) : json
  const serialiser = createSerialiser(envelope)
  const lowest = ranks[level]

  function lose(): void {
    counts.linesLost++
  }

  /** An async sink that fails would otherwise be a rejection nobody handles, which ends the process. */
  function watch(result: unknown): void {
    if (result !== undefined && types.isPromise(result)) result.then(undefined, lose)
  }

  return {
    line(facts, timeMs, address) {
      try {
        const lineIs = lineLevel(facts)
        if (ranks[lineIs] >= lowest) watch(put(render(facts, lineIs, timeMs, address), lineIs))
      } catch {
        lose()
      }
    },
    record(masked) {
      try {
        const { level: lineIs } = masked.members
        if (ranks[lineIs] >= lowest) watch(put(plainLine(serialiser.serialise(masked, 0)), lineIs))
      } catch {
        lose()
      }
      return refuse(masked)
    },
    flush: () => writer?.flush() ?? Promise.resolve(),
    flushSync: () => writer?.flushSync(),
  }
}

/** What it gives back is whatever the sink gave back. */
type Put = (line: string, level: Level) => unknown

function openTarget(
  target: Exclude<OperationalSettings['target'], 'none'>,
  counts: Counts,
): { put: Put; writer?: LineWriter } {
  if (target === 'stdout' || target === 'human') {
    const writer = createLineWriter({
      fd: stdoutFd,
      delayMs: target === 'human' ? 0 : batchMs,
      onLost: (lines) => {
        counts.linesLost += lines
      },
    })
    return { put: (line) => writer.write(line), writer }
  }
  if (typeof target === 'function') return { put: (line) => target(line) }
  // First, because some loggers are streams as well.
  if ('info' in target) return { put: (line, level) => logTo(target, line, level) }
  return { put: (line) => target.write(`${line}\n`) }
}

/** Marks the fields of a line that was made here. A registered symbol, so that integrations know it in any copy. */
const OWN_LINE = Symbol.for('@trailmark/core/line/1')

type Logger = Extract<LineSink, { info(fields: object): void }>

/** A logger adds its own time, level and service; it gets the rest as fields, parsed from the one serialisation. */
function logTo(logger: Logger, line: string, level: Level): unknown {
  const parsed: Record<string, unknown> = JSON.parse(line)
  const { timestamp: _timestamp, level: _level, service: _service, ...fields } = parsed
  // For a logger that scrubs what it is given: these fields have been masked already.
  Object.defineProperty(fields, OWN_LINE, { value: true })
  if ((level === 'ERROR' || level === 'CRITICAL') && logger.error) return logger.error(fields)
  return level === 'WARNING' && logger.warn ? logger.warn(fields) : logger.info(fields)
}

/** True for events of the operational and application streams: lines, not records. */
export function isLine(masked: MaskedDraft): boolean {
  return masked.stream === 'operational' || masked.stream === 'application'
}

/** What makes a record, or names a person, has no place in a line. Unescaped quotes occur in no value, so these match members. */
const notInLines = /"schema":"[^"]*",|"seq":\d+,|,"user_id":"[^"]*"|,"sealed":\[[^\]]*\]|,"policy":"[^"]*"/g

function plainLine(body: string): string {
  return `{${body.replace(notInLines, '')}}`
}

function refuse(masked: MaskedDraft): Receipt {
  const { id, event_type: type } = masked.members
  return new RefusedReceipt(
    id,
    () => new AuditError('AUDIT_NOT_RECORDED', `${type} is an operational line and no record`),
  )
}
