/**
 * Starts the SDK: one call, before the application's modules are loaded.
 */
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import { type Audit, defaultAudit } from '@trailmark/core'
import { activeSpan, isSdkRegistered, runtimeOf, setTracerRandom, spanId, traceId } from '@trailmark/core/integration'
import { trailmarkPropagator } from './propagator.ts'

export interface TracingOptions {
  /** Whose `trust` and `outbound` decide about trace headers. Default: `defaultAudit()`, which the adapters share. */
  readonly audit?: Audit
  /** Instrumentations of your choice, such as `new HttpInstrumentation()`. Default: none, so no spans are made by themselves. */
  readonly instrumentations?: NodeSDKConfiguration['instrumentations']
  /** Anything else that `new NodeSDK()` takes: exporters, processors, sampler, resource. `OTEL_*` variables work as ever. */
  readonly sdk?: Partial<Omit<NodeSDKConfiguration, 'textMapPropagator' | 'instrumentations'>>
}

export interface Tracing {
  /** False when nothing was started: an SDK was already active, or `OTEL_SDK_DISABLED` says so. */
  readonly started: boolean
  /** Exports what is left and stops. Takes at most 5 s, never rejects; a failure is told once on stderr. */
  shutdown(): Promise<void>
}

const shutdownMsMax = 5_000

/**
 * Starts OpenTelemetry's SDK with the trail's propagator. Call it before the frameworks are imported, because
 * instrumentations only reach modules that are loaded after them.
 *
 * From then on request contexts have the ids of the server's span, outgoing requests carry the id of the client's span to
 * the origins in `outbound.trace` and to no other, and both halves follow W3C Trace Context level 2. With
 * `OTEL_TRACES_EXPORTER=none` there are no spans and the headers are the same.
 *
 * With an SDK of your own you do not need this call: its ids are used and its headers are left alone. Give it
 * `textMapPropagator: trailmarkPropagator({ audit })` to have its headers follow `trust` and `outbound` as well. Where an
 * SDK is active already, nothing is started, and that is told once.
 *
 *     const tracing = startTracing({ audit, instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] })
 *     const { app } = await import('./app.ts')
 */
export function startTracing(options: TracingOptions = {}): Tracing {
  const audit = options.audit ?? defaultAudit()
  const runtime = runtimeOf(audit)
  if (isSdkRegistered()) {
    runtime.notice(
      'OTEL_ALREADY_STARTED',
      'startTracing(): an OpenTelemetry SDK is active already and stays; give it textMapPropagator: trailmarkPropagator({ audit }) to have its headers follow trust and outbound',
    )
    return { started: false, shutdown: () => Promise.resolve() }
  }
  const sdk = new NodeSDK({
    ...(process.env['OTEL_SERVICE_NAME'] ? {} : { serviceName: audit.service.name }),
    idGenerator: { generateTraceId: traceId, generateSpanId: spanId },
    ...options.sdk,
    instrumentations: options.instrumentations ?? [],
    textMapPropagator: trailmarkPropagator({ audit }),
  })
  sdk.start()
  setTracerRandom(options.sdk?.idGenerator === undefined)
  // Looked at now rather than in the first request: a broken installation is told at the start, and our subscribers to
  // outgoing requests take their place behind the instrumentations'.
  activeSpan((code, message) => runtime.notice(code, message))
  return {
    started: isSdkRegistered(),
    shutdown: () =>
      within(sdk.shutdown(), shutdownMsMax).catch(() => {
        runtime.notice('OTEL_SHUTDOWN_FAILED', 'the last spans could not be exported when tracing was shut down')
      }),
  }
}

/** Resolves or rejects as `work` does, and rejects after `ms`. */
function within(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('out of time')), ms)
    timer.unref()
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
