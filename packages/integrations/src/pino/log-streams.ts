/**
 * The operational and the application stream as files, physically apart from each other and from the ledgers.
 *
 *     <dir>/operational/operational.log    what the service does: kept for days, read by whoever runs it
 *     <dir>/application/application.log    what the application says: kept for weeks, read by its developers
 *
 * Each has a directory, a mode and so a retention and readers of its own. What is worse than `promote` in the application's
 * lines becomes a record as well, since nobody keeps lines for years.
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Audit, AuditError, asId, type Level, type Scrubber, type ServiceOptions } from '@trailmark/core'
import { type Logger, destination as openDestination } from 'pino'
import { numberOf } from './levels.ts'
import { auditedPino } from './logger.ts'

export interface LogStreamsOptions {
  /** Directory of both; made when it is missing. */
  readonly dir: string
  readonly service?: string | ServiceOptions
  /** Lowest level of both. Default: `LOG_LEVEL`, else INFO. */
  readonly level?: Level | Lowercase<Level>
  readonly scrubber?: Scrubber
  /** From this level on the application's lines are also recorded as `application_error`. Default CRITICAL; false: never. */
  readonly promote?: 'ERROR' | 'CRITICAL' | false
}

export interface LogStreams {
  /** For `createAudit({ operational })`. */
  readonly operational: Logger
  /** For the application. */
  readonly application: Logger
  /** Where promoted lines go. Until it is called, and after `close()`, nothing is promoted. */
  promoteTo(audit: Audit): void
  /** Opens both files again under their names: call it when logrotate has moved them. */
  reopen(): void
  /** Writes what is buffered and closes both files. Lines logged afterwards are lost. */
  close(): Promise<void>
}

const directoryMode = 0o750
const fileMode = 0o640

/**
 * Opens both streams. Directories get mode 0750 and files 0640 when they are made; existing ones stay as somebody set them.
 *
 *     const logs = openLogStreams({ dir: '/var/log/clinic', service: 'clinic' })
 *     const audit = createAudit({ service: 'clinic', operational: logs.operational })
 *     logs.promoteTo(audit)
 *     process.on('SIGHUP', logs.reopen)
 *
 * Throws AUDIT_OPTION_INVALID naming the option, and AUDIT_DIR_UNUSABLE for a directory that cannot be made or written.
 */
export function openLogStreams(options: LogStreamsOptions): LogStreams {
  const { dir, promote = 'CRITICAL', ...rest } = options
  if (typeof dir !== 'string' || dir === '' || dir.includes('\0'))
    throw new AuditError('AUDIT_OPTION_INVALID', 'dir: must be the path of a directory')
  if (promote !== false && promote !== 'ERROR' && promote !== 'CRITICAL')
    throw new AuditError('AUDIT_OPTION_INVALID', 'promote: must be ERROR, CRITICAL or false')
  const root = resolve(dir)
  const promotion = new Promotion(promote === false ? Number.POSITIVE_INFINITY : numberOf(promote))
  const operationalFile = openFile(root, 'operational')
  const applicationFile = openFile(root, 'application')
  const make = (stream: 'operational' | 'application', destination: { write(line: string): void }): Logger =>
    auditedPino({ ...rest, stream, destination })
  return {
    operational: make('operational', operationalFile),
    application: make('application', promotion.over(applicationFile)),
    promoteTo: (audit) => promotion.to(audit),
    reopen() {
      operationalFile.reopen()
      applicationFile.reopen()
    },
    async close() {
      promotion.end()
      await Promise.all([ended(operationalFile), ended(applicationFile)])
    },
  }
}

type LogFile = ReturnType<typeof openDestination>

function openFile(root: string, name: string): LogFile {
  const dir = join(root, name)
  try {
    mkdirSync(dir, { recursive: true, mode: directoryMode })
    // Opened at once, so that a directory that cannot be written stops the start and not the first line.
    return openDestination({ dest: join(dir, `${name}.log`), mode: fileMode, sync: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AuditError('AUDIT_DIR_UNUSABLE', `${dir} (option dir): ${reason}`, { cause: error })
  }
}

function ended(file: LogFile): Promise<void> {
  return new Promise((done) => {
    file.once('close', done)
    file.end()
  })
}

/** Says of some lines also in the trail that they were written: the skeleton of the error, never the words. */
class Promotion {
  readonly #from: number
  #audit: Audit | undefined

  constructor(from: number) {
    this.#from = from
  }

  to(audit: Audit): void {
    this.#audit = audit
  }

  end(): void {
    this.#audit = undefined
  }

  /** pino tells a stream that asks for it, by this symbol, the level of each line. */
  over(file: LogFile): { write(line: string): void } {
    const promotion = this
    return {
      [Symbol.for('pino.metadata')]: true,
      write(this: { lastLevel?: number }, line: string): void {
        file.write(line)
        if ((this.lastLevel ?? 0) >= promotion.#from) promotion.#record(line)
      },
    }
  }

  #record(line: string): void {
    if (this.#audit === undefined) return
    const error = errorOf(line)
    this.#audit.record('application_error', {
      reason: 'handled',
      metadata: {
        ...(error.type !== undefined && { error_type: asId(error.type) }),
        ...(error.code !== undefined && { error_code: asId(error.code) }),
      },
    })
  }
}

/** The error of a line that was scrubbed already. */
function errorOf(line: string): { type?: string; code?: string } {
  try {
    const { error }: { error?: { type?: unknown; code?: unknown } } = JSON.parse(line)
    return {
      ...(typeof error?.type === 'string' && { type: error.type }),
      ...(typeof error?.code === 'string' && { code: error.code }),
    }
  } catch {
    return {}
  }
}
