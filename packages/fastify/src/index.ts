/** What applications import: `@trailmark/fastify`. */
export type { AccessOptions, RouteAudit } from './declaration.ts'
export { auditPlugin, auditPlugin as default, type FastifyAuditOptions } from './plugin.ts'
export { genReqId } from './request-id.ts'
