/** The options of an integration, checked when it is applied: a mistake there must stop the start, not cost records. */
import { AuditError } from '@trailmark/core'
import { runtimeOf } from '@trailmark/core/integration'

/** What an option must be: a text, a function, an object, a list, or one of these words. */
export type OptionKind = 'text' | 'function' | 'object' | 'list' | readonly string[]

/** Throws `AUDIT_OPTION_INVALID` naming the option of `where` that does not exist or is not of its kind. */
export function checkOptions(where: string, options: unknown, more: Readonly<Record<string, OptionKind>> = {}): void {
  if (typeof options !== 'object' || options === null)
    throw new AuditError('AUDIT_OPTION_INVALID', `${where}: options must be an object`)
  const kinds: Readonly<Record<string, OptionKind>> = { audit: 'object', ...more }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw invalid(where, name, `is not known; there are ${Object.keys(kinds).join(', ')}`)
    if (value !== undefined && !isOf(kind, value)) throw invalid(where, name, `must be ${written(kind)}`)
    if (name === 'audit' && value !== undefined && !isAudit(value))
      throw invalid(where, name, 'must be made by createAudit()')
  }
}

function isAudit(value: unknown): boolean {
  try {
    return runtimeOf(Object(value)) !== undefined
  } catch {
    return false
  }
}

function isOf(kind: OptionKind, value: unknown): boolean {
  if (kind === 'text') return typeof value === 'string' && value !== ''
  if (kind === 'function') return typeof value === 'function'
  if (kind === 'object') return typeof value === 'object' && value !== null
  if (kind === 'list') return Array.isArray(value)
  return kind.some((word) => word === value)
}

function written(kind: OptionKind): string {
  if (kind === 'text') return 'a text that is not empty'
  return typeof kind === 'string' ? `${kind === 'object' ? 'an' : 'a'} ${kind}` : `one of ${kind.join(', ')}`
}

function invalid(where: string, name: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${where}: option ${name} ${problem}`)
}
