/**
 * OpenTelemetry's SDK as its documentation starts it for ES modules, before anything else is imported. Every span is made in
 * full and dropped at its end, so no exporter is in the figure.
 */
import { register } from 'node:module'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import { NodeSDK } from '@opentelemetry/sdk-node'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const dropping = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
}

new NodeSDK({
  serviceName: 'bench',
  autoDetectResources: false,
  spanProcessors: [dropping],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [
    new HttpInstrumentation(),
    new ExpressInstrumentation(),
    new KoaInstrumentation(),
    new PinoInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
  ],
}).start()
