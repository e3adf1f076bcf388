/** Trailmark for Express 5 and 4: `@trailmark/express`. */

export { type AuditErrorHandler, auditErrors } from './audit-errors.ts'
export { type Ask, type AuditedOptions, audited, type Declare } from './audited.ts'
export { type AuditHandler, auditMiddleware, type ExpressOptions } from './middleware.ts'
