/** What applications import: `@trailmark/fastify`. */

export type { AnswerNotFound } from './debug-guard.ts'
export type { AccessOptions, Ask, Asked, EventOptions, LoginOptions, LogoutOptions, RouteAudit } from './declaration.ts'
export { auditPlugin, auditPlugin as default, type FastifyAuditOptions } from './plugin.ts'
export { genReqId } from './request-id.ts'
