import { type BatchObservableCallback, metrics, type Observable } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import { testAudit } from '../testing.ts'

/** As much of a meter provider as an SDK shows to the API. */
function collectingProvider() {
  const callbacks = new Set<BatchObservableCallback>()
  const names = new Map<Observable, string>()
  const made: string[] = []
  const instrument = (name: string): Observable => {
    const one: Observable = { addCallback: () => undefined, removeCallback: () => undefined }
    names.set(one, name)
    made.push(name)
    return one
  }
  const noop = { add: () => undefined, record: () => undefined }
  const meter = {
    createGauge: () => noop,
    createHistogram: () => noop,
    createCounter: () => noop,
    createUpDownCounter: () => noop,
    createObservableGauge: instrument,
    createObservableCounter: instrument,
    createObservableUpDownCounter: instrument,
    addBatchObservableCallback: (callback: BatchObservableCallback) => void callbacks.add(callback),
    removeBatchObservableCallback: (callback: BatchObservableCallback) => void callbacks.delete(callback),
  }
  return {
    made,
    callbacks,
    provider: { getMeter: () => meter },
    collect() {
      const seen: Record<string, number> = {}
      for (const callback of callbacks) {
        void callback({
          observe: (one, value, attributes) => {
            const stream = attributes?.['trailmark.stream']
            seen[`${names.get(one)}${stream === undefined ? '' : ` ${stream}`}`] = value
          },
        })
      }
      return seen
    },
  }
}

afterEach(() => metrics.disable())

describe('metrics', () => {
  it('show health to an SDK that is registered, and end with the audit', async () => {
    const { provider, collect, made, callbacks } = collectingProvider()
    metrics.setGlobalMeterProvider(provider)
    const audit = testAudit({ metrics: true })
    audit.record('logout')
    expect(collect()).toMatchObject({
      'trailmark.records': 4,
      'trailmark.records.dropped audit.standard': 0,
      'trailmark.queue.bytes audit.long': 0,
      'trailmark.ledger.healthy audit.standard': 1,
      'trailmark.redactions': 0,
    })
    expect(new Set(made).size).toBe(made.length)
    await audit.close()
    expect(callbacks.size).toBe(0)
  })

  it('are made once an SDK registers later', async () => {
    const { provider, made } = collectingProvider()
    const audit = testAudit({ metrics: true })
    expect(made).toEqual([])
    metrics.setGlobalMeterProvider(provider)
    await expect.poll(() => made.length, { timeout: 5_000 }).toBeGreaterThan(0)
    await audit.close()
  })

  it('are not made where they are not wanted', async () => {
    const { provider, made } = collectingProvider()
    metrics.setGlobalMeterProvider(provider)
    await testAudit({ metrics: false }).close()
    expect(made).toEqual([])
  })
})
