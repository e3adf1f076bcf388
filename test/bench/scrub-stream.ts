/**
 * How fast does `trailmark scrub` pass lines on? Lines of a service as they are: four of JSON without anything to hide, some 600
 * bytes each, to one of text. And, beside it, the same lines through the long way only.
 */
import { once } from 'node:events'
import { scrubber, scrubLines } from '@trailmark/core/integration'
import { show, spread } from './median.ts'

const slices = 12
const linesPerSlice = 10_000

export async function run(): Promise<{ title: string; markdown: string }> {
  const chunks = inChunks(Buffer.from(lines(linesPerSlice)), 65_536)
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const fast: number[] = []
  const slow: number[] = []
  for (let slice = 0; slice < slices; slice++) {
    fast.push(bytes / 1e6 / (await seconds(chunks)))
    // One character beyond ASCII at the front: no line can be proven harmless.
    if (slice % 4 === 0) slow.push(bytes / 1e6 / (await seconds(chunks.map(withoutProof))))
  }
  return {
    title: 'trailmark scrub',
    markdown: `Lines of a service, 80 % JSON of some 600 B with nothing to hide and 20 % text, ${(bytes / 1e6).toFixed(0)} MB a slice, one core:
**${show(spread(fast.slice(2)), 0)} MB/s**; with the proof that a line is harmless out of reach, ${show(spread(slow), 0)} MB/s.`,
  }
}

async function seconds(chunks: readonly Buffer[]): Promise<number> {
  const stream = scrubLines({ scrubber })
  stream.resume()
  const started = process.hrtime.bigint()
  for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain')
  stream.end()
  await once(stream, 'end')
  return Number(process.hrtime.bigint() - started) / 1e9
}

/** A space behind each opening bracket is no compact JSON any more. */
const withoutProof = (chunk: Buffer) => Buffer.from(chunk.toString('latin1').replaceAll('\n{"', '\n{ "'), 'latin1')

function inChunks(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

function lines(count: number): string {
  const routes = ['/users/:id', '/orders', '/patients/:id/visits', '/health']
  let text = ''
  for (let i = 0; i < count; i++) {
    if (i % 5 === 4)
      text += `2024-06-01T12:00:00.123Z INFO worker ${i % 8} finished job batch in ${i % 900} ms, queue depth ${i % 40}\n`
    else
      text += `${JSON.stringify({
        level: 30,
        time: 1_717_243_200_000 + i,
        pid: 4242,
        hostname: 'web-1',
        service: 'clinic',
        version: '1.4.2',
        environment: 'production',
        traceId: hexadecimal(i, 32),
        spanId: hexadecimal(i, 16),
        requestId: `550e8400-e29b-41d4-a716-${hexadecimal(i, 12)}`,
        method: i % 3 === 0 ? 'POST' : 'GET',
        route: routes[i % routes.length],
        status: i % 50 === 0 ? 404 : 200,
        durationMs: (i % 1_000) / 10,
        requestBytes: i % 3_000,
        responseBytes: i % 40_000,
        retries: 0,
        cached: i % 2 === 0,
        queue: { depth: i % 40, waitMs: (i % 90) / 10, workers: 8, region: 'eu-central' },
        database: { queries: i % 7, rows: i % 100, poolSize: 10, poolFree: i % 10, slowest: 'visits_by_patient' },
        msg: 'request completed',
      })}\n`
  }
  return text
}

function hexadecimal(seed: number, length: number): string {
  let text = ''
  for (let state = seed + 1; text.length < length; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += state.toString(16).padStart(8, '0')
  }
  return text.slice(0, length)
}
