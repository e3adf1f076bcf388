/**
 * Health as OpenTelemetry metrics, where an application runs a metrics SDK.
 *
 * `@opentelemetry/api` is an optional peer and is only loaded once an SDK has registered a meter provider: instruments made
 * before that would stay silent for ever. All instruments are observed, so recording costs nothing more.
 */
import { createRequire } from 'node:module'
import type * as Api from '@opentelemetry/api'
import type { Health, LedgerHealth } from '../health.ts'

const registered = Symbol.for('opentelemetry.js.api.1')

/** True once an SDK has registered a meter provider in this process. */
export function metricsRegistered(): boolean {
  const api: unknown = Reflect.get(globalThis, registered)
  return typeof api === 'object' && api !== null && Reflect.get(api, 'metrics') !== undefined
}

/** Creates the instruments; `health` is asked once per collection. Returns what removes them. Never throws. */
export function publishMetrics(health: () => Health): () => void {
  try {
    return publish(health)
  } catch {
    // Without the API, or with one of another shape, health() remains.
    return () => undefined
  }
}

function publish(health: () => Health): () => void {
  const api: Pick<typeof Api, 'metrics'> = createRequire(import.meta.url)('@opentelemetry/api')
  const meter = api.metrics.getMeter('@trailmark/core')
  const recorded = meter.createObservableCounter('trailmark.records', { description: 'Records accepted into a ledger' })
  const dropped = meter.createObservableCounter('trailmark.records.dropped', {
    description: 'Records dropped; each is named by an audit_gap',
  })
  const mismatches = meter.createObservableCounter('trailmark.context.mismatches', {
    description: 'Records made in the context of another request',
  })
  const lines = meter.createObservableCounter('trailmark.lines.lost', {
    description: 'Operational lines that could not be written',
  })
  const redactions = meter.createObservableCounter('trailmark.redactions', {
    description: 'Values and messages of log lines from which something was removed',
  })
  const queue = meter.createObservableGauge('trailmark.queue.bytes', {
    unit: 'By',
    description: 'Bytes waiting to become durable',
  })
  const lag = meter.createObservableGauge('trailmark.queue.entries', {
    description: 'Entries waiting to become durable',
  })
  const healthy = meter.createObservableGauge('trailmark.ledger.healthy', {
    description: '1 while the ledger can write',
  })
  const all = [recorded, dropped, mismatches, lines, redactions, queue, lag, healthy]

  const observe = (result: Api.BatchObservableResult): void => {
    const { counts, ledgers } = health()
    result.observe(recorded, counts.recorded)
    result.observe(mismatches, counts.contextMismatch)
    result.observe(lines, counts.linesLost)
    result.observe(redactions, counts.redactions)
    for (const ledger of ledgers) {
      const attributes = { 'trailmark.stream': ledger.stream }
      result.observe(dropped, ledger.dropped, attributes)
      result.observe(queue, ledger.queueBytes, attributes)
      result.observe(lag, ledger.queueEntries, attributes)
      result.observe(healthy, isHealthy(ledger), attributes)
    }
  }
  meter.addBatchObservableCallback(observe, all)
  return () => meter.removeBatchObservableCallback(observe, all)
}

function isHealthy(ledger: LedgerHealth): number {
  return ledger.healthy ? 1 : 0
}
