import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { humanLines, jsonLines, type LineFacts, lineLevel } from './access-line.ts'

const service = { name: 'clinic', version: '1.2.3', env: 'production', instance: 'web-1' }
const json = jsonLines(service)
const facts: LineFacts = {
  timeMs: Date.UTC(2026, 0, 15, 12, 4, 31, 7),
  requestId: '0194f3b0-0000-7000-8000-000000000001',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: 3,
  address: '203.0.113.0',
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
    expect(humanLines(false)({ ...facts, error })).toContain(
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
      fc.property(text, text, text, fc.double(), (method, route, requestId, durationMs) => {
        const line = json({ ...facts, requestId, http: { method, route, durationMs } })
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/)
        expect(JSON.parse(line)).toMatchObject({ request_id: requestId, http: { method, route } })
      }),
    )
  })
})

describe('the line for a person', () => {
  it('is short', () => {
    expect(humanLines(false)(facts)).toBe(`12:04:31 200 GET /patients/:id 3.2 ms ${facts.requestId}`)
  })

  it('names what went wrong', () => {
    const line = humanLines(false)({
      ...facts,
      http: { method: 'GET', status: 500, durationMs: 1234.5, completion: 'error' },
      error: { type: 'TypeError', code: 'E_BAD' },
    })
    expect(line).toBe(`12:04:31 500 GET (no route) 1235 ms error TypeError E_BAD ${facts.requestId}`)
  })

  it('holds nothing that a terminal obeys but our own colour', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (method, route) => {
        const line = humanLines(true)({ ...facts, http: { method, route, status: 200 } })
        expect(line.replace('\u001b[32m200\u001b[0m', '200')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      }),
    )
  })
})
