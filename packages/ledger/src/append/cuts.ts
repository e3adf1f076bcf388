/** Callers that want the segment that is filling to end, and to know which one it was. */
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
import { segmentDirectory, segmentsAmong } from '../layout.ts'

export class Cuts {
  #waiting: PromiseWithResolvers<number>[] = []

  get areWanted(): boolean {
    return this.#waiting.length > 0
  }

  /** Resolves with the first index of the newest segment that has ended. Rejects with LEDGER_SEAL_EMPTY where none has. */
  wait(): Promise<number> {
    const waiting = Promise.withResolvers<number>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  /** Every segment that holds an entry below `next` has ended. */
  done(disk: Disk, dir: string, next: number): void {
    try {
      const first = segmentsAmong(disk.list(join(dir, segmentDirectory))).findLast((one) => one < next)
      if (first === undefined) this.giveUp(new LedgerError('LEDGER_SEAL_EMPTY', `${dir} has no entries to seal`))
      else for (const one of this.#waiting.splice(0)) one.resolve(first)
    } catch (error) {
      this.giveUp(new LedgerError('LEDGER_SEGMENT_UNREADABLE', `${dir} cannot be listed: ${String(error)}`))
    }
  }

  giveUp(error: LedgerError): void {
    for (const one of this.#waiting.splice(0)) one.reject(error)
  }
}
