/**
 * @fastify/multipart: an upload beyond its limits is a record.
 *
 * The plugin's errors have codes of their own, and are seen where a request fails with one.
 */
import { AuditError } from '@trailmark/core'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'
import { isFirst } from './seen-before.ts'
import { tellUpload, type UploadOptions } from './uploads/tell.ts'

/** An instance of Fastify as far as it is looked at. */
export interface FastifyLike {
  addHook(name: 'onError', hook: (request: object, reply: unknown, error: unknown, done: () => void) => void): unknown
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['FST_REQ_FILE_TOO_LARGE', 'too_large'],
  ['FST_FILES_LIMIT', 'too_many'],
  ['FST_PARTS_LIMIT', 'too_many'],
  ['FST_FIELDS_LIMIT', 'too_many'],
  ['FST_PROTO_VIOLATION', 'malformed'],
  ['FST_INVALID_MULTIPART_CONTENT_TYPE', 'malformed'],
  ['FST_INVALID_JSON_FIELD_ERROR', 'malformed'],
])

/**
 * Records refused uploads as `file_upload_rejected`, of routes registered from now on. Returns the instance. Throws
 * `AUDIT_LIBRARY_UNKNOWN` for something else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     auditFastifyMultipart(app)
 *     await app.register(multipart, { limits: { fileSize: 5_000_000 } })
 */
export function auditFastifyMultipart<T extends FastifyLike>(fastify: T, options: UploadOptions = {}): T {
  checkOptions('auditFastifyMultipart', options)
  if (typeof memberOf(fastify, 'addHook') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditFastifyMultipart: expected an instance of Fastify')
  if (!isFirst('fastify-multipart', fastify)) return fastify
  fastify.addHook('onError', (request, _reply, error, done) => {
    const reason = reasons.get(memberOf(error, 'code'))
    if (reason !== undefined) tellUpload(options, { reason }, request)
    done()
  })
  return fastify
}
