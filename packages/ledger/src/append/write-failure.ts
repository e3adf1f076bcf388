/** What a failed write means: whether it is worth trying again, or the file is no longer ours to write. */
import { LedgerError, type LedgerErrorCode, systemCode } from '../errors.ts'
import { NotCleared } from './gate.ts'

export interface WriteFailure {
  readonly code: LedgerErrorCode
  readonly message: string
  readonly final: boolean
}

/** The system says that the file, or the way to it, is not there any more. */
const gone = new Set(['ENOENT', 'ENOTDIR', 'EEXIST', 'EBADF', 'ESTALE'])
const full = new Set(['ENOSPC', 'EDQUOT'])

export function writeFailure(error: unknown, path: string): WriteFailure {
  if (error instanceof LedgerError) return { code: error.code, message: error.message, final: true }
  const system = systemCode(error instanceof NotCleared ? error.cause : error)
  const message = `${path}: ${String(error)}`
  if (gone.has(system) && !(error instanceof NotCleared)) return { code: 'LEDGER_FILE_REPLACED', message, final: true }
  return { code: full.has(system) ? 'LEDGER_FULL' : 'LEDGER_WRITE_FAILED', message, final: false }
}
