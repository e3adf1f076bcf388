/** Opens the keys directory. */
import { memoryKeys } from './memory.ts'
import type { Keys } from './ports.ts'

export interface OpenKeysOptions {
  readonly dir: string
  readonly clock?: { now(): number }
}

export function openKeys(_options: OpenKeysOptions): Keys {
  return memoryKeys()
}
