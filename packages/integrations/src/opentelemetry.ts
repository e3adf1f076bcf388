/**
 * OpenTelemetry's SDK for Node with the trail's propagation: `@trailmark/integrations/opentelemetry`.
 *
 * Spans and records share their ids whichever SDK runs. What this adds is who is believed and who is told: trace headers are
 * continued from trusted peers alone and sent to allowed origins alone, as the audit's `trust` and `outbound` say.
 */
export { type PropagatorOptions, trailmarkPropagator } from './opentelemetry/propagator.ts'
export { startTracing, type Tracing, type TracingOptions } from './opentelemetry/start.ts'
