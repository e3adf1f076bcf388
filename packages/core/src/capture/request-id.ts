/**
 * What an `x-request-id` may look like when a trusted peer sent it: `[A-Za-z0-9._\-=]{1,128}`.
 *
 * Seen in the wild and accepted by others: 7,000 characters, quotes, HTML, tabs, two headers joined by a comma, nothing.
 * Such a value ends in logs, headers and shells, so it is never used; a keyed token of it remains, to be correlated by.
 */

/** Characters a request id may have. */
export const REQUEST_ID_CHARS_MAX = 128

/** Whether `value` may be taken over as a request id. Looks at no more than 128 characters. */
export function isRequestId(value: string): boolean {
  const length = value.length
  if (length === 0 || length > REQUEST_ID_CHARS_MAX) return false
  for (let i = 0; i < length; i++) if (!isIdChar(value.charCodeAt(i))) return false
  return true
}

function isIdChar(code: number): boolean {
  if (code >= 97 && code <= 122) return true
  if (code >= 48 && code <= 57) return true
  if (code >= 65 && code <= 90) return true
  return code === 45 || code === 46 || code === 61 || code === 95
}
