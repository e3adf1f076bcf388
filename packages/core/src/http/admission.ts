/** Whether an attempt can be relied on in time: the question a request of class `block` waits for. */
import { AuditError } from '../errors.ts'
import type { Receipt } from '../receipt.ts'

/**
 * True once the record is durable, or when the policy says that none is owed; false when it was refused or is not durable
 * after `deadlineMs`. Never rejects, and never keeps the process alive.
 */
export function isDurableInTime(receipt: Receipt, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs, false)
    timer.unref()
    const settle = (durable: boolean): void => {
      clearTimeout(timer)
      resolve(durable)
    }
    receipt.durable.then(
      () => settle(true),
      (error: unknown) => settle(error instanceof AuditError && error.code === 'AUDIT_NOT_RECORDED'),
    )
  })
}
