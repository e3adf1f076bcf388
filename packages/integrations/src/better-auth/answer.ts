/** What an endpoint of better-auth answered: a value, or an error with a code; some errors are redirects, some of them good. */
import { textOf } from '../authn/text.ts'
import { memberOf } from '../member.ts'

/** An answer that says no. */
export interface Refused {
  readonly status: number
  /** better-auth's own word: `INVALID_PASSWORD`. */
  readonly code: string
}

/** Undefined when it went well. */
export function refusedBy(returned: unknown): Refused | undefined {
  const status = memberOf(returned, 'statusCode')
  if (typeof status !== 'number' || status < 300) return undefined
  if (status >= 400) return { status, code: wordIn(textOf(memberOf(returned, 'body'), 'code')) }
  const error = errorIn(locationOf(returned))
  return error === undefined ? undefined : { status, code: wordIn(error) }
}

function locationOf(returned: unknown): string | undefined {
  const headers = memberOf(returned, 'headers')
  const plain = textOf(headers, 'location')
  if (plain !== undefined || !(headers instanceof Headers)) return plain
  return headers.get('location') ?? undefined
}

/** The page that a redirect leads to is told in the query what went wrong. */
function errorIn(location: string | undefined): string | undefined {
  const query = location?.slice(location.indexOf('?') + 1)
  return query === undefined || query === location ? undefined : (new URLSearchParams(query).get('error') ?? undefined)
}

function wordIn(text: string | undefined): string {
  return text === undefined ? '' : text.slice(0, 64).toUpperCase()
}
