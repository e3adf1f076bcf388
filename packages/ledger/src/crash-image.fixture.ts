/**
 * A ledger on a disk in memory at the moment of a crash, and what has to be true of it afterwards: whatever was promised is
 * there, nothing is there twice, and the log goes on in the same directory.
 */
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Disk } from './disk.ts'
import { laterClock, openTest } from './ledger.fixture.ts'
import type { Ledger, OpenOptions } from './ledger.ts'
import type { MemoryDisk } from './memory-disk.fixture.ts'

export const memoryRoot = '/clinic/audit.standard'

/** What a process was promised, and what it gave. */
export interface Promised {
  readonly durable: readonly string[]
  readonly given: readonly string[]
}

export function openInMemory(disk: Disk, rest: Partial<OpenOptions> = {}): Ledger {
  return openTest(memoryRoot, { disk, clock: laterClock, ...rest })
}

/** Makes the holders of all locks look dead: they were this process. */
export function forgetHolders(disk: MemoryDisk): void {
  if (disk.findFacts(memoryRoot) === undefined) return
  for (const writer of disk.list(memoryRoot)) {
    const path = join(memoryRoot, writer, 'LOCK')
    if (!disk.findFacts(path)) continue
    const text = disk.content(path).toString()
    disk.putContent(path, Buffer.from(text.replace(/"pid":\d+,/, '"pid":99999999,')))
  }
}

/** The ids in all lines of all writers, by reading the files as they are; each writer's indexes have to be one unbroken row. */
export function idsOn(disk: MemoryDisk): string[] {
  if (disk.findFacts(memoryRoot) === undefined) return []
  return disk.list(memoryRoot).flatMap((writer) => {
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

/**
 * Opens what a crash left, appends, closes, and compares. `writers` bounds how many writer directories there may be: more
 * than one only where a refusal is an answer.
 */
export function expectSurvived(disk: MemoryDisk, promised: Promised, what: string, writers = 1): void {
  forgetHolders(disk)
  const ledger = openInMemory(disk)
  const refused = ledger.opening.refused
  ledger.append('"id":"after"')
  ledger.closeSync()
  if (ledger.state.durable < 0) throw new Error(`${what}: cannot be continued: ${ledger.state.failure?.message}`)
  if (disk.list(memoryRoot).length > writers) throw new Error(`${what}: refused ${JSON.stringify(refused)}`)
  const ids = idsOn(disk).filter((id) => id !== 'after')
  const found = new Set(ids)
  const lost = promised.durable.filter((id) => !found.has(id))
  const given = new Set(promised.given)
  const invented = ids.filter((id) => !given.has(id))
  const doubled = ids.length - found.size
  if (lost.length + invented.length + doubled > 0) expect({ lost, invented, doubled }, what).toEqual({})
}
