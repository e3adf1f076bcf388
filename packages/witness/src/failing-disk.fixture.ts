/** The real disk, of which one call fails: before it takes effect, or after. */
import type { Disk, DiskLater } from '@trailmark/ledger'

/** The calls that storing a checkpoint makes, in their order. */
export const stages = ['open', 'write', 'datasync', 'close', 'rename', 'syncDirectory'] as const
export type Stage = (typeof stages)[number]

export interface Moment {
  readonly stage: Stage
  readonly when: 'before' | 'after'
}

/** Calls `act` once, at the next time that moment comes. */
export function interruptedDisk(real: Disk) {
  let next: { moment: Moment; act: () => void } | undefined
  const reach = (stage: Stage, when: Moment['when']): void => {
    if (next?.moment.stage !== stage || next.moment.when !== when) return
    const { act } = next
    next = undefined
    act()
  }
  const around = <A extends unknown[], R>(stage: Stage, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      reach(stage, 'before')
      const result = await call(...args)
      reach(stage, 'after')
      return result
    }
  }
  const later: DiskLater = {
    ...real.later,
    open: around('open', real.later.open),
    write: around('write', real.later.write),
    datasync: around('datasync', real.later.datasync),
    close: around('close', real.later.close),
    rename: around('rename', real.later.rename),
    syncDirectory: around('syncDirectory', real.later.syncDirectory),
  }
  const disk: Disk = { ...real, later }
  return {
    disk,
    interruptNext(moment: Moment, act: () => void): void {
      next = { moment, act }
    },
  }
}

export function failingDisk(real: Disk) {
  const { disk, interruptNext } = interruptedDisk(real)
  return {
    disk,
    failNext(moment: Moment, code: string): void {
      interruptNext(moment, () => {
        throw Object.assign(new Error(`${code}: told to fail`), { code })
      })
    },
  }
}
