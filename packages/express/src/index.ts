/** Trailmark for Express 5 and 4: `@trailmark/express`. */

export { type AuditErrorHandler, auditErrors } from './audit-errors.ts'
export { type Ask, type AuditedOptions, audited, type Declare } from './audited.ts'
export { auditMiddleware, type ExpressOptions } from './middleware.ts'
export type { AuditHandler } from './stack.ts'
