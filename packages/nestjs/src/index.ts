/** Trailmark for NestJS 12 and 11, on Express and on Fastify: `@trailmark/nestjs`. */

export { Audited, type AuditedDecorator, type AuditedRequest } from './audited.ts'
export { AuditModule, type AuditModuleAsyncOptions, type AuditModuleOptions } from './module.ts'
export { AUDIT } from './tokens.ts'
