/** Trailmark for Koa 3: `@trailmark/koa`. */

export { auditErrors } from './audit-errors.ts'
export { type Ask, type Asked, type AuditedOptions, audited, type Declare } from './audited.ts'
export type { AskActor } from './follow.ts'
export { auditMiddleware, type KoaOptions } from './middleware.ts'
