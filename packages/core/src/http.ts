/** What authors of framework adapters import: `@trailmark/core/http`. Applications import `@trailmark/core`. */
export { type AnyCallOptions, type AuditedCall, callAuditedOr, type Known } from './audited-call.ts'
export type { CoverageRegister } from './coverage.ts'
export { checkAccessOptions, checkStatement, memberRule, statementMembers } from './http/access-options.ts'
export { actorFrom } from './http/actor.ts'
export { type AuditSource, auditFrom, checkAdapterOptions } from './http/audit-from.ts'
export { coverageOf, watchCoverage } from './http/coverage.ts'
export { findDebugBlock, lookAtDebugRoutes } from './http/debug-guard-ask.ts'
export type { DebugBlock } from './http/debug-guard-patterns.ts'
export {
  type AccessDeclaration,
  type AccessVerb,
  type Declaration,
  type EventDeclaration,
  type Exchange,
  exchangeOf,
  type FrameworkView,
  type LoginDeclaration,
  type RawRequest,
  type RawResponse,
} from './http/exchange.ts'
export { followRequest } from './http/follow.ts'
export { frameworkLogger } from './http/framework-logger.ts'
export { type Mount, markMount, mountOf } from './http/mount.ts'
export { type OrderProblem, orderProblemOf, tellOrder } from './http/order.ts'
export { type Problem, problemFor } from './http/problem.ts'
export {
  type AccessOptions,
  accessVerbs,
  bindStatement,
  type EventOptions,
  type GroundOptions,
  type LoginOptions,
  type LogoutOptions,
  type Question,
  type Statement,
  type StatementKind,
  state,
  verbOf,
} from './http/statement.ts'
