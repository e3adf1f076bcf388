/**
 * The code of an error, when it is one: a system's errno, a name of a known family, an entry of a library's list, or words of
 * which one speaks of failure. Anything else that stands under `code` may be data: a promotion code, a one-time password.
 */
import { getSystemErrorMap } from 'node:util'
import { looksPersonal } from '../scrub/identifier.ts'
import { own } from '../scrub/read.ts'
import { knownCodes } from './known-codes.ts'

const codeCharsMax = 64
const systemNames: ReadonlySet<string> = new Set([...getSystemErrorMap().values()].map(([name]) => name))

/** Families that are known by how their codes begin. */
const families =
  /^(?:ERR_|E_|ER_|UND_ERR_|FST_|FST_ERR_|WS_ERR_|HPE_|ORA-|NJS-|DPI-|SQLITE_|UNABLE_TO_|CERT_|PROTOCOL_|AVVIO_ERR_|REQ_ERR_|AUTH_ERR_|TRAILMARK_|AUDIT_|LEDGER_|KEYS_|QUERY_)[A-Z0-9_]{1,60}$/
/** Prisma, Node's deprecations, warnings of libraries. */
const numbered = /^(?:P[12456]\d{3}|(?:DEP|FSTDEP|FSTWRN|FSTSEC|AVVIO|PINODEP|PINOWARN|UNDICI-|TS-)\d{3,4})$/
const words = /^[A-Z][A-Z0-9]{0,23}(?:_[A-Z0-9]{1,23}){1,8}$/
/** One of these has to be among the words. */
const troubleWords =
  /(?:^|_)(?:NOT|NO|ERR|ERROR|ERRORS|INVALID|FAILED|FAILURE|DENIED|EXPIRED|MISSING|TIMEOUT|TIMED|LIMIT|EXCEEDED|UNAUTHORIZED|FORBIDDEN|CONFLICT|DUPLICATE|UNKNOWN|UNSUPPORTED|REQUIRED|TOO|BAD|UNABLE|CANNOT|REFUSED|REJECTED|LOST|CLOSED|ABORTED|CANCELED|CANCELLED|BLOCKED|LOCKED|DISABLED|UNAVAILABLE|EXISTS|EMPTY|MISMATCH|VIOLATION|BROKEN|INTERNAL|UNEXPECTED|REVOKED|INACTIVE|ALREADY|INSUFFICIENT|OUT|MALFORMED|CORRUPT|STALE|SUSPENDED|WRONG|CUSTOM)(?:_|$)/

/** The own `code` of an error, if it may be shown. */
export function codeOf(error: object): string | undefined {
  const code = own(error, 'code')
  return isCode(code) ? code : undefined
}

const ownWords = /^[A-Z][A-Z0-9]{0,31}(?:_[A-Z0-9]{1,32}){1,12}$/

/** The own `code` of an error whose class is the application's own: words in capitals, whatever they say. */
export function ownCodeOf(error: object): string | undefined {
  const code = own(error, 'code')
  if (typeof code !== 'string' || code.length > codeCharsMax || !ownWords.test(code)) return undefined
  return longMixture.test(code) || looksPersonal(code) ? undefined : code
}

/** True for text that is a code by its shape or by a library's list. */
export function isCode(code: unknown): code is string {
  if (typeof code !== 'string' || code.length === 0 || code.length > codeCharsMax) return false
  if (knownCodes.has(code) || systemNames.has(code) || numbered.test(code)) return true
  if (looksPersonal(code)) return false
  return (families.test(code) || (words.test(code) && troubleWords.test(code))) && !longMixture.test(code)
}

/** A run that mixes letters with many digits is rather a key than a word. */
const longMixture = /\d[A-Z]{1,64}\d[A-Z]{0,64}\d|\d{6}/

/** Five characters of ISO/IEC 9075. The same five may be anybody's one-time code, so a driver's own fields have to stand beside. */
export function isSqlState(code: unknown): code is string {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)
}
