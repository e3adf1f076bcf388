/**
 * pino for the operational and application streams: `@trailmark/integrations/pino`.
 *
 * Lines have the field names of `audit/1` and the ids of the request they belong to. What goes into them is scrubbed on the
 * way: errors become their safe skeleton, requests and responses their method and status, values what the scrubber leaves.
 */

export { type AuditedLogger, type LiteralLogger, literalsOnly } from './pino/audited-logger.ts'
export { captureConsole } from './pino/capture-console.ts'
export { requestLogger } from './pino/ids.ts'
export { type LogStreams, type LogStreamsOptions, openLogStreams } from './pino/log-streams.ts'
export { type AuditedPinoOptions, auditedPino } from './pino/logger.ts'
export { redactionsOf } from './pino/redactions.ts'
