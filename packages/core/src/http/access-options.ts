/**
 * What a declared route says of its data, checked while the application is put together: a mistake there must stop the
 * start, because later it would only cost what the records should have said.
 */
import { AuditError } from '../errors.ts'

const asked = ['id', 'subject', 'owner', 'volume', 'metadata']
const stated = ['purpose', 'permission', 'class', 'event']

/**
 * Throws `AUDIT_OPTION_INVALID`, naming the member, unless `resource` is a name and each of `options` is one that exists and
 * of its type: id, subject, owner, volume and metadata are functions; purpose, class and event are texts. `where` is how
 * the application wrote it: `audited.read`.
 */
export function checkAccessOptions(where: string, resource: unknown, options: unknown): void {
  if (typeof resource !== 'string' || resource === '') throw invalid(`${where}: the name of the resource is missing`)
  const call = `${where}(${JSON.stringify(resource)})`
  if (typeof options !== 'object' || options === null) throw invalid(`${call}: its options must be an object`)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (asked.includes(name)) {
      if (typeof value !== 'function') throw invalid(`${call}: ${name} must be a function`)
    } else if (stated.includes(name)) {
      if (typeof value !== 'string') throw invalid(`${call}: ${name} must be a text`)
    } else {
      throw invalid(`${call}: ${name} is not an option; there are ${[...asked, ...stated].join(', ')}`)
    }
  }
}

function invalid(message: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', message)
}
