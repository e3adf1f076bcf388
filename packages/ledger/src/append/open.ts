import type { Ledger, OpenOptions } from '../ledger.ts'

export function openLedger(options: OpenOptions): Ledger {
  throw new Error(`not written yet: ${options.dir}`)
}
