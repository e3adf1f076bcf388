/**
 * What the configuration was at the last start, so that a change can be told as a record.
 *
 * A small file beside the ledgers of the service. It is a memory, not evidence: the evidence is the hash on every record.
 * Whoever deletes it costs one `config_change` record, and the hashes still show that something changed.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const configurationParts = ['policy', 'catalogue', 'scrubber', 'options'] as const
export type ConfigurationPart = (typeof configurationParts)[number]
/** A short hash of each part. */
export type PartHashes = Readonly<Record<ConfigurationPart, string>>

export interface ConfigurationChange {
  readonly part: ConfigurationPart
  readonly previous_hash: string
  readonly current_hash: string
}

/** No `.json`: what restarts an application for every changed file of its kind would restart it for this one. */
const fileName = 'configuration'
const bytesMax = 4_096
const hashShape = /^[0-9a-f]{16}$/

/** What changed since the last start in this directory; then remembers the present. Never throws: it is only a memory. */
export function rememberConfiguration(serviceDir: string, current: PartHashes): ConfigurationChange[] {
  const previous = readHashes(join(serviceDir, fileName))
  const changes = configurationParts.flatMap((part) => {
    const before = previous?.[part]
    return before === undefined || before === current[part]
      ? []
      : [{ part, previous_hash: before, current_hash: current[part] }]
  })
  if (previous === undefined || changes.length > 0) writeHashes(serviceDir, current)
  return changes
}

function readHashes(path: string): Partial<PartHashes> | undefined {
  try {
    if (statSync(path).size > bytesMax) return undefined
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const entries = Object.entries(parsed).filter(([, value]) => typeof value === 'string' && hashShape.test(value))
    return Object.fromEntries(entries)
  } catch {
    return undefined
  }
}

function writeHashes(serviceDir: string, hashes: PartHashes): void {
  try {
    mkdirSync(serviceDir, { recursive: true, mode: 0o750 })
    // Several workers may start at once: each writes a whole file and the last one stands.
    const temporary = join(serviceDir, `.${fileName}.${randomBytes(4).toString('hex')}`)
    writeFileSync(temporary, `${JSON.stringify(hashes)}\n`, { mode: 0o640 })
    renameSync(temporary, join(serviceDir, fileName))
  } catch {
    // A full disk tells itself through the ledger.
  }
}
