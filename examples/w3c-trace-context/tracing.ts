/** The same service under the OpenTelemetry SDK, with spans for its server and both clients. */
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { Audit } from '@trailmark/core'
import { startTracing, type Tracing } from '@trailmark/integrations/opentelemetry'

/** Spans are made and thrown away, unless `OTEL_TRACES_EXPORTER` says where they go: `console`, `otlp`, or `none` for no spans. */
export async function beginTracing(audit: Audit): Promise<Tracing> {
  process.env['OTEL_METRICS_EXPORTER'] ??= 'none'
  process.env['OTEL_LOGS_EXPORTER'] ??= 'none'
  const nowhere = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }
  return startTracing({
    audit,
    instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
    sdk: {
      autoDetectResources: false,
      ...(process.env['OTEL_TRACES_EXPORTER'] ? {} : { spanProcessors: [nowhere] }),
    },
  })
}
