/** Trailmark for Hono 4 on `@hono/node-server`: `@trailmark/hono`. */

export type { HonoApplication } from './application.ts'
export { auditErrors } from './audit-errors.ts'
export { type Ask, type AuditedOptions, audited, type Declare } from './audited.ts'
export type { AskActor } from './follow.ts'
export { auditMiddleware, type HonoOptions } from './middleware.ts'
