/**
 * multer: an upload that is refused is a record, whether a limit, the file filter or the form itself was the reason.
 *
 * Limits and broken forms arrive as errors of multer's own. What the application's `fileFilter` skips arrives nowhere: the
 * request goes on without the file, so the filter itself is watched.
 */
import { AuditError } from '@trailmark/core'
import { type AnyFunction, isWrapped, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'
import { tellUpload, type UploadOptions } from './uploads/tell.ts'

/** An instance of multer as far as it is looked at. */
export interface MulterLike {
  single(...given: never[]): unknown
  array(...given: never[]): unknown
  fields(...given: never[]): unknown
  none(...given: never[]): unknown
  any(...given: never[]): unknown
}

const ways = ['single', 'array', 'fields', 'none', 'any'] as const

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['LIMIT_PART_COUNT', 'too_many'],
  ['LIMIT_FILE_SIZE', 'too_large'],
  ['LIMIT_FILE_COUNT', 'too_many'],
  ['LIMIT_FIELD_KEY', 'too_large'],
  ['LIMIT_FIELD_VALUE', 'too_large'],
  ['LIMIT_FIELD_COUNT', 'too_many'],
  ['LIMIT_UNEXPECTED_FILE', 'unexpected_field'],
  ['MISSING_FIELD_NAME', 'malformed'],
])
/** What the parser below says of a form that is none; it has no codes. */
const malformed = /^(?:Unexpected end of form|Malformed |Multipart: |Unsupported content type|Missing Content-Type)/

/**
 * Records refused uploads as `file_upload_rejected`, of middleware made from now on. Returns what it was given. Throws
 * `AUDIT_LIBRARY_UNKNOWN` for something else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const upload = auditMulter(multer({ limits: { fileSize: 5_000_000 }, fileFilter }))
 *     app.post('/letters', upload.single('letter'), save)
 */
export function auditMulter<T extends MulterLike>(upload: T, options: UploadOptions = {}): T {
  checkOptions('auditMulter', options)
  if (typeof upload !== 'object' || upload === null || typeof memberOf(upload, 'fileFilter') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditMulter: expected what multer() returns')
  wrapOnce('auditMulter', upload, 'fileFilter', (inner) => watchFilter(inner, options))
  for (const way of ways) {
    if (isWrapped(memberOf(upload, way))) continue
    wrapOnce('auditMulter', upload, way, (inner) => {
      return function making(this: unknown, ...given: unknown[]): unknown {
        const middleware: unknown = Reflect.apply(inner, this, given)
        return typeof middleware === 'function' ? watchMiddleware(middleware as AnyFunction, this, options) : middleware
      }
    })
  }
  return upload
}

function watchFilter(inner: AnyFunction, options: UploadOptions): AnyFunction {
  return function fileFilter(this: unknown, request: unknown, file: unknown, done: unknown): unknown {
    if (typeof done !== 'function' || typeof request !== 'object' || request === null)
      return Reflect.apply(inner, this, [request, file, done])
    const decided = (error: unknown, included: unknown, ...rest: unknown[]): unknown => {
      if (error || !included)
        tellUpload(options, { reason: 'type_not_allowed', mediaType: memberOf(file, 'mimetype') }, request)
      return Reflect.apply(done, undefined, [error, included, ...rest])
    }
    return Reflect.apply(inner, this, [request, file, decided])
  }
}

function watchMiddleware(middleware: AnyFunction, upload: unknown, options: UploadOptions): AnyFunction {
  return function multerMiddleware(this: unknown, request: unknown, response: unknown, next: unknown): unknown {
    if (typeof request !== 'object' || request === null || typeof next !== 'function')
      return Reflect.apply(middleware, this, [request, response, next])
    const goOn = (...said: unknown[]): unknown => {
      const reason = reasonOf(said[0])
      const limit = reason === 'too_large' ? memberOf(memberOf(upload, 'limits'), 'fileSize') : undefined
      if (reason !== undefined) tellUpload(options, { reason, limit }, request)
      return Reflect.apply(next, undefined, said)
    }
    return Reflect.apply(middleware, this, [request, response, goOn])
  }
}

/** Undefined for errors of the application's own, of its storage, and of a client that left. */
function reasonOf(error: unknown): string | undefined {
  const known = reasons.get(memberOf(error, 'code'))
  if (known !== undefined) return known
  const message = memberOf(error, 'message')
  return typeof message === 'string' && malformed.test(message) ? 'malformed' : undefined
}
