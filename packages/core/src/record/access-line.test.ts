import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { humanLines, jsonLines, type LineFacts, lineLevel, type RenderLine } from './access-line.ts'

const service = { name: 'clinic', version: '1.2.3', env: 'production', instance: 'web-1' }
const timeMs = Date.UTC(2026, 0, 15, 12, 4, 31, 7)
const at = (render: RenderLine) => (facts: LineFacts) => render(facts, lineLevel(facts), timeMs, '203.0.113.0')
const json = at(jsonLines(service))
const human = (colour: boolean) => at(humanLines(colour))
const facts: LineFacts = {
  requestId: '0194f3b0-0000-7000-8000-000000000001',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: 3,
  http: {
    method: 'GET',
    route: '/patients/:id',
    status: 200,
    durationMs: 3.2,
    reqBytes: 0,
    resBytes: 512,
    completion: 'completed',
  },
}

describe('the line of a request', () => {
  it('has the field names of a record and nothing of what makes one', () => {
    expect(JSON.parse(json(facts))).toEqual({
      timestamp: '2026-01-15T12:04:31.007Z',
      level: 'INFO',
      stream: 'operational',
      event_type: 'http_request',
      outcome: 'success',
      ip_address: '203.0.113.0',
      http: {
        method: 'GET',
        route: '/patients/:id',
        status: 200,
        duration_ms: 3.2,
        req_bytes: 0,
        res_bytes: 512,
        completion: 'completed',
      },
      request_id: facts.requestId,
      trace_id: facts.traceId,
      span_id: facts.spanId,
      trace_flags: '03',
      service,
    })
  })

  it('tells an opening, what was rejected, and the skeleton of an error', () => {
    const line = JSON.parse(
      json({
        ...facts,
        opening: true,
        remote: { reason: 'untrusted', requestIdToken: 'p1_abc', traceId: 'c'.repeat(32) },
        error: { type: 'TypeError', code: 'E_BAD', fingerprint: 'p1_def' },
      }),
    )
    expect(line).toMatchObject({
      event_type: 'http_request_open',
      outcome: 'unknown',
      remote: { reason: 'untrusted', request_id_token: 'p1_abc', trace_id: 'c'.repeat(32) },
      error: { type: 'TypeError', code: 'E_BAD', fingerprint: 'p1_def' },
    })
  })

  it('tells everything that may be said of an error where the server failed, and only there', () => {
    const error = {
      type: 'DatabaseError',
      code: '23505',
      message: 'duplicate key value violates unique constraint *',
      frames: ['save (src/save.ts:1:1)'],
      details: { constraint: 'users_email_key' },
      fingerprint: 'p1_def',
      causes: [{ type: 'Error' }],
    }
    const of = (status: number) => json({ ...facts, http: { method: 'GET', status }, error })
    expect(JSON.parse(of(500)).error).toEqual(error)
    expect(of(500)).not.toContain('\n')
    expect(JSON.parse(of(404)).error).toEqual({ type: 'DatabaseError', code: '23505', fingerprint: 'p1_def' })
    expect(human(false)({ ...facts, error })).toContain(
      'DatabaseError 23505: duplicate key value violates unique constraint *',
    )
  })

  it.each([
    [200, 'completed', 'INFO', 'success'],
    [304, 'completed', 'INFO', 'success'],
    [404, 'completed', 'WARNING', 'failure'],
    [401, 'completed', 'WARNING', 'denied'],
    [403, 'completed', 'WARNING', 'denied'],
    [503, 'completed', 'ERROR', 'failure'],
    [200, 'aborted', 'WARNING', 'unknown'],
    [undefined, 'timeout', 'WARNING', 'failure'],
    [200, 'error', 'ERROR', 'failure'],
    [101, 'upgraded', 'INFO', 'success'],
  ] as const)('with status %s, %s, has level %s and outcome %s', (status, completion, level, outcome) => {
    const line = { ...facts, http: { method: 'GET', status, completion } }
    expect(lineLevel(line)).toBe(level)
    expect(JSON.parse(json(line))).toMatchObject({ level, outcome })
  })

  it('is one line of JSON that says what it was given, whatever that is', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(
        text,
        text,
        fc.double(),
        fc.option(fc.nat(), { nil: undefined }),
        (method, route, durationMs, bytes) => {
          const http = { method, route, durationMs, reqBytes: bytes, resBytes: bytes }
          const line = json({ ...facts, http })
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/)
          const duration = Number.isFinite(durationMs) ? { duration_ms: durationMs + 0 } : {}
          const measured = bytes === undefined ? duration : { ...duration, req_bytes: bytes, res_bytes: bytes }
          expect(JSON.parse(line).http).toEqual({ method, route, ...measured })
        },
      ),
    )
  })

  it('says of each request what is its own, however many kinds there are', () => {
    const kinds = fc.record({
      method: fc.constantFrom('GET', 'POST', 'OTHER'),
      route: fc.constantFrom('/', '/a', '/b/:id', undefined),
      status: fc.constantFrom(200, 201, 301, 401, 403, 404, 500, undefined),
      completion: fc.constantFrom('completed', 'aborted', 'error', 'timeout', undefined),
      opening: fc.boolean(),
    })
    fc.assert(
      fc.property(kinds, ({ opening, ...http }) => {
        const line = { ...facts, opening, http }
        const own = Object.fromEntries(Object.entries(http).filter(([, value]) => value !== undefined))
        const parsed = JSON.parse(json(line))
        expect(parsed).toMatchObject({
          event_type: opening ? 'http_request_open' : 'http_request',
          level: lineLevel(line),
        })
        expect(parsed.http).toEqual(own)
      }),
      { numRuns: 2_000 },
    )
  })

  it('says of each from where it came, however many networks there are', () => {
    const render = jsonLines(service)
    for (let i = 0; i < 5_000; i++) {
      const address = i % 7 === 0 ? undefined : `203.${i >> 8}.${i & 255}.0`
      const line = JSON.parse(render({ ...facts, traceFlags: i & 3 }, 'INFO', timeMs, address))
      expect([line.ip_address, line.trace_flags]).toEqual([address, `0${i & 3}`])
    }
  })

  it('says the time of each, also when many come in one millisecond', () => {
    const render = jsonLines(service)
    const times = [5, 5, 6, 5, 1_005].map((ms) => JSON.parse(render(facts, 'INFO', ms, undefined)).timestamp)
    expect(times).toEqual([5, 5, 6, 5, 1_005].map((ms) => new Date(ms).toISOString()))
  })
})

describe('the line for a person', () => {
  it('is short', () => {
    expect(human(false)(facts)).toBe(`12:04:31 200 GET /patients/:id 3.2 ms ${facts.requestId}`)
  })

  it('names what went wrong', () => {
    const line = human(false)({
      ...facts,
      http: { method: 'GET', status: 500, durationMs: 1234.5, completion: 'error' },
      error: { type: 'TypeError', code: 'E_BAD' },
    })
    expect(line).toBe(`12:04:31 500 GET (no route) 1235 ms error TypeError E_BAD ${facts.requestId}`)
  })

  it('holds nothing that a terminal obeys but our own colour', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (method, route) => {
        const line = human(true)({ ...facts, http: { method, route, status: 200 } })
        expect(line.replace('\u001b[32m200\u001b[0m', '200')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      }),
    )
  })
})
