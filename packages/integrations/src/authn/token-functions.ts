/**
 * Functions of a library that verify a token, looked on at: what they refuse and what they accept. A library of CommonJS is
 * changed in place, so that others who use it are seen too; the namespace of a module cannot be changed and is answered by a
 * copy of it.
 */
import { types } from 'node:util'
import { type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, type CallEnd, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from '../check-options.ts'
import { memberOf } from '../member.ts'
import { accepted, type Refusal, refused } from './tokens.ts'
import { watchAnswer } from './watch-answer.ts'

export interface TokenOptions {
  /** Default: the audit that follows the request. */
  readonly audit?: Audit
}

/** `from` is the index at which a callback may stand. The first of `names` must be there; the others may be missing. */
export function watchTokenFunctions<T extends object>(
  where: string,
  library: T,
  names: readonly [string, ...string[]],
  options: TokenOptions,
  refusalOf: (error: unknown) => Refusal | undefined,
  from: number,
): T {
  checkOptions(where, options)
  const { audit } = options
  if (typeof memberOf(library, names[0]) !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: there is no function ${names[0]}()`)
  const watched = types.isModuleNamespaceObject(library) ? { ...library } : library
  for (const name of names) {
    if (typeof memberOf(library, name) !== 'function') continue
    wrapOnce(where, watched, name, (inner) => watching(inner, audit, refusalOf, from))
  }
  return watched
}

function watching(
  inner: AnyFunction,
  audit: Audit | undefined,
  refusalOf: (error: unknown) => Refusal | undefined,
  from: number,
): AnyFunction {
  return function (this: unknown, ...given) {
    const [token] = given
    const ended = (end: CallEnd): void => {
      if (!end.failed) accepted(token)
      else {
        const refusal = refusalOf(end.error)
        if (refusal !== undefined) refused(token, refusal, { audit })
      }
    }
    return watchAnswer(inner, this, given, ended, from)
  }
}
