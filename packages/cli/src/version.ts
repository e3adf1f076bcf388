/** The version in this package's own package.json. */
import { readFileSync } from 'node:fs'

export function version(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const known =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string'
  return known ? String(parsed.version) : 'unknown'
}
