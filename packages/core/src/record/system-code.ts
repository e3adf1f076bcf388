/** The code of a system or ledger error (`ENOSPC`, `EPIPE`, `LEDGER_FULL`), or an empty string. Safe for any value. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
