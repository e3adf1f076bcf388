import { describe, expect, it } from 'vitest'
import { isTraceId } from '../id.ts'
import { extractTrace } from './propagate.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const VALID = `00-${TRACE}-00f067aa0ba902b7-00`

const from =
  (traceparent?: string | string[], tracestate?: string | string[]) => (name: 'traceparent' | 'tracestate') =>
    name === 'traceparent' ? traceparent : tracestate

describe('a trusted trace', () => {
  it('is continued with its flags, its state and its parent', () => {
    expect(extractTrace(from(VALID, 'foo=1, bar=2'), true)).toEqual({
      traceId: TRACE,
      parentId: '00f067aa0ba902b7',
      flags: 0,
      traceState: 'foo=1, bar=2',
    })
  })

  it('is continued when its state is invalid, without the state', () => {
    expect(extractTrace(from(VALID, 'foo=1,Bad=2'), true)).toMatchObject({ traceId: TRACE, traceState: '' })
  })

  it('combines several tracestate headers in order', () => {
    expect(extractTrace(from([VALID], ['foo=1', '', 'bar=2']), true).traceState).toBe('foo=1,,bar=2')
  })
})

describe('a new trace', () => {
  it('begins without a traceparent, sampled and random, and drops a tracestate that came alone', () => {
    const trace = extractTrace(from(undefined, 'foo=1'), true)
    expect(trace).toEqual({ traceId: expect.any(String), flags: 3, traceState: '' })
    expect(isTraceId(trace.traceId)).toBe(true)
  })

  it.each([
    ['malformed', 'x', true],
    ['malformed', '', true],
    ['malformed', [''], true],
    ['duplicate', `${VALID}, ${VALID}`, true],
    ['duplicate', `01${VALID.slice(2)}-future, ${VALID}`, true],
    ['duplicate', [VALID, VALID], true],
    ['duplicate', [], true],
    ['untrusted', 'x', false],
  ] as const)('begins and says %s for %j', (reason, sent, trusted) => {
    const trace = extractTrace(from(typeof sent === 'string' ? sent : [...sent], 'foo=1'), trusted)
    expect(trace).toMatchObject({ flags: 3, traceState: '', remote: { reason } })
    expect(trace.traceId).not.toBe(TRACE)
    expect(trace.parentId).toBeUndefined()
  })

  it('begins for an untrusted caller, whose trace id stays as a link', () => {
    const trace = extractTrace(from(VALID, 'foo=1'), false)
    expect(trace).toMatchObject({ flags: 3, traceState: '', remote: { reason: 'untrusted', traceId: TRACE } })
    expect(trace.traceId).not.toBe(TRACE)
  })
})
