/**
 * A small file of one process for the next: what was so at the last start. A memory, not evidence: whoever deletes it costs one
 * record of a change. It has no `.json`: what restarts an application for every changed file of its kind would restart it
 * for this one.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const bytesMax = 4_096

/** The texts that were remembered under this name; undefined when there are none, or they cannot be read. Never throws. */
export function readRemembered(dir: string, name: string): Readonly<Record<string, string>> | undefined {
  try {
    const path = join(dir, name)
    if (statSync(path).size > bytesMax) return undefined
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof parsed !== 'object' || parsed === null) return undefined
    return Object.fromEntries(
      Object.entries(parsed).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    )
  } catch {
    return undefined
  }
}

/** Remembers these texts instead. Never throws: a full disk tells itself through the ledger. */
export function writeRemembered(dir: string, name: string, texts: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 })
    // Several workers may start at once: each writes a whole file and the last one stands.
    const temporary = join(dir, `.${name}.${randomBytes(4).toString('hex')}`)
    writeFileSync(temporary, `${JSON.stringify(texts)}\n`, { mode: 0o640 })
    renameSync(temporary, join(dir, name))
  } catch {
    // It is only a memory.
  }
}
