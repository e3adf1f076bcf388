/**
 * What the configuration was at the last start, so that a change can be told as a record. The evidence is the hash on every
 * record; this is only the memory that lets a change be named.
 */
import { readRemembered, writeRemembered } from './remembered.ts'

export const configurationParts = ['policy', 'catalogue', 'scrubber', 'options'] as const
export type ConfigurationPart = (typeof configurationParts)[number]
/** A short hash of each part. */
export type PartHashes = Readonly<Record<ConfigurationPart, string>>

export interface ConfigurationChange {
  readonly part: ConfigurationPart
  readonly previous_hash: string
  readonly current_hash: string
}

const fileName = 'configuration'
const hashShape = /^[0-9a-f]{16}$/

/** What changed since the last start in this directory; then remembers the present. Never throws. */
export function rememberConfiguration(serviceDir: string, current: PartHashes): ConfigurationChange[] {
  const previous = readRemembered(serviceDir, fileName)
  const changes = configurationParts.flatMap((part) => {
    const before = previous?.[part]
    return before === undefined || !hashShape.test(before) || before === current[part]
      ? []
      : [{ part, previous_hash: before, current_hash: current[part] }]
  })
  if (previous === undefined || changes.length > 0) writeRemembered(serviceDir, fileName, current)
  return changes
}
