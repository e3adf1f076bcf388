/**
 * A ledger on a disk in memory at the moment of a crash, and what has to be true of it afterwards: whatever was promised is
 * there, nothing is there twice, and the log goes on. Free of the test runner, so that it also runs in threads.
 */
import { join } from 'node:path'
import { openLedger } from './append/open.ts'
import type { Disk } from './disk.ts'
import type { Ledger, OpenOptions } from './ledger.ts'
import type { MemoryDisk } from './memory-disk.fixture.ts'
import type { Pick } from './memory-file.fixture.ts'
import { testSigner } from './signer.fixture.ts'

export const memoryRoot = '/clinic/audit.standard'
const signer = testSigner()
/** A minute ahead of the files: locks that hold nothing readable are then old enough to be taken over. */
export const minuteAhead = { now: () => Date.now() + 60_000 }

/** What a process was promised, and what it gave. */
export interface Promised {
  readonly durable: readonly string[]
  readonly given: readonly string[]
}

export function openInMemory(disk: Disk, rest: Partial<OpenOptions> = {}): Ledger {
  return openLedger({
    dir: memoryRoot,
    origin: 'clinic/audit.standard',
    stream: 'audit',
    retentionClass: 'standard',
    signer,
    disk,
    clock: minuteAhead,
    ...rest,
  })
}

export function writersOn(disk: MemoryDisk): string[] {
  return disk.findFacts(memoryRoot) === undefined ? [] : disk.list(memoryRoot).sort()
}

/** Makes the holders of all locks look dead: they were this process. */
export function forgetHolders(disk: MemoryDisk): void {
  for (const writer of writersOn(disk)) {
    const path = join(memoryRoot, writer, 'LOCK')
    if (!disk.findFacts(path)) continue
    const text = disk.content(path).toString()
    disk.putContent(path, Buffer.from(text.replace(/"pid":\d+,/, '"pid":99999999,')))
  }
}

/** The ids in all lines of all writers, by reading the files as they are; each writer's indexes have to be one unbroken row. */
export function idsOn(disk: MemoryDisk): string[] {
  return writersOn(disk).flatMap((writer) => {
    const seg = join(memoryRoot, writer, 'seg')
    const names = disk.findFacts(seg) ? disk.list(seg).filter((name) => name.endsWith('.jsonl')) : []
    const lines = names.sort().flatMap((name) => disk.content(join(seg, name)).toString().split('\n').slice(0, -1))
    return lines.map((line, i) => {
      const [, n, id] = /^\{"n":(\d+),"d":-?\d+,"id":"([^"]*)"/.exec(line) ?? []
      if (Number(n) !== i || id === undefined) throw new Error(`${writer}: line ${i} is ${line.slice(0, 80)}`)
      return id
    })
  })
}

export interface Allowed {
  /** How many writer directories there may be: a failed sync moves on to another one. Default 1. */
  readonly writers?: number
  /** Entries that were not acknowledged may stand in two writers: the disk did not let the first one take them back. */
  readonly mayDouble?: boolean
  /** After the log went on, power is lost again; what was synced by then must not depend on it. */
  readonly thenLosesPower?: Pick
}

/** Opens every writer that a crash left, appends, closes, and compares. Throws what is wrong. */
export function expectSurvived(disk: MemoryDisk, promised: Promised, what: string, allowed: Allowed = {}): void {
  try {
    const wanted = { ...promised, durable: [...promised.durable, ...goOn(disk, allowed.writers ?? 1)] }
    compare(idsOn(disk), wanted, allowed.mayDouble)
    if (!allowed.thenLosesPower) return
    const left = disk.afterPowerLoss(allowed.thenLosesPower)
    goOn(left, allowed.writers ?? 1, 'later')
    compare(idsOn(left), wanted, allowed.mayDouble)
  } catch (error) {
    throw new Error(`${what}: ${String(error)}`, { cause: error })
  }
}

/** Opens all writers at once, or makes the first one; each takes one more entry, whose ids are returned. */
function goOn(disk: MemoryDisk, writersMax: number, name = 'after'): string[] {
  forgetHolders(disk)
  const found = Math.max(1, writersOn(disk).length)
  const ledgers: Ledger[] = []
  while (ledgers.length < found) {
    const ledger = openInMemory(disk)
    ledgers.push(ledger)
    if (ledger.opening.refused.length > 0) throw new Error(`refused ${JSON.stringify(ledger.opening.refused)}`)
  }
  if (writersOn(disk).length > writersMax) throw new Error(`${writersOn(disk).length} writers`)
  return ledgers.map((ledger, i) => {
    const id = `${name} ${i}`
    ledger.append(`"id":"${id}"`)
    ledger.closeSync()
    if (ledger.state.failure) throw new Error(`cannot be continued: ${ledger.state.failure.message}`)
    return id
  })
}

function compare(ids: readonly string[], promised: Promised, mayDouble = false): void {
  const found = new Set(ids)
  const given = new Set(promised.given)
  const lost = promised.durable.filter((id) => !found.has(id))
  const invented = ids.filter((id) => !given.has(id) && !/^(after|later) /.test(id))
  const doubled = ids.filter((id, i) => !mayDouble && ids.indexOf(id) !== i)
  if (lost.length + invented.length + doubled.length > 0) throw new Error(JSON.stringify({ lost, invented, doubled }))
}
