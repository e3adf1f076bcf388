/** Trailmark for Express 5 and 4: `@trailmark/express`. */

export { type AuditErrorHandler, auditErrors } from './audit-errors.ts'
export { type Ask, type Asked, type AuditedOptions, audited, type Declare } from './audited.ts'
export type { AnswerNotFound } from './last-word.ts'
export { auditMiddleware, type ExpressOptions, type MiddlewareOptions } from './middleware.ts'
export type { AuditHandler } from './stack.ts'
