/**
 * Which incoming headers are believed, and what becomes of those that are not: W3C Trace Context level 2, baggage, request
 * ids, forwarded addresses. Each row of the tables is sent as bytes over a raw connection.
 */
import { currentContext, type RequestContext } from '@trailmark/core'
import { expect } from 'vitest'
import { requestText } from './client.ts'
import type { Behaviour, Bench } from './suite.ts'
import type { Line, TrailOptions } from './trail.ts'

type Headers = readonly (readonly [string, string])[]

interface Seen {
  readonly line: Line
  readonly context: RequestContext
  readonly received: string
}

const everybody: TrailOptions = { trust: ['127.0.0.0/8', '::1/128'] }

async function send({ open }: Bench, headers: Headers, options: TrailOptions = everybody): Promise<Seen> {
  let context: RequestContext | undefined
  const stage = await open({
    options,
    server: { maxHeaderSize: 256 * 1_024 },
    routes: [
      {
        path: '/ok',
        handle: (call) => {
          context = currentContext()
          call.answer(200, 'ok')
        },
      },
    ],
  })
  const connection = await stage.wire()
  connection.send(requestText('/ok', [...headers, ['connection', 'close']]))
  const received = await connection.closed()
  expect(received).toMatch(/^HTTP\/1\.1 200 /)
  const line = await stage.onlyLine()
  if (context === undefined) throw new Error('the handler had no context')
  return { line, context, received }
}

export function traceHeaders(behaviour: Behaviour): void {
  requestIds(behaviour)
  traceparents(behaviour)
  tracestates(behaviour)
  baggage(behaviour)
  addresses(behaviour)
}

function requestIds(behaviour: Behaviour): void {
  const good: readonly (readonly [string, string])[] = [
    ['of one character', 'a'],
    ['of 128 characters', 'A'.repeat(128)],
    ['with every allowed punctuation', 'a.b_c-d=e'],
  ]
  for (const [what, id] of good) {
    behaviour(`a request id ${what} is taken over from a trusted peer`, async (bench) => {
      const { line, received } = await send(bench, [['x-request-id', id]])
      expect(line.request_id).toBe(id)
      expect(received).toContain(`x-request-id: ${id}\r\n`)
      expect(line.remote).toBeUndefined()
    })
  }

  const bad: readonly (readonly [string, string, Headers])[] = [
    ['of 129 characters', 'malformed', [['x-request-id', 'a'.repeat(129)]]],
    ['of 7,000 characters', 'malformed', [['x-request-id', 'a'.repeat(7_000)]]],
    ['that is empty', 'malformed', [['x-request-id', '']]],
    ['with quotes', 'malformed', [['x-request-id', 'a"b']]],
    ['with markup', 'malformed', [['x-request-id', '<script>alert(1)</script>']]],
    ['with a tab inside', 'malformed', [['x-request-id', 'a\tb']]],
    ['joined by a comma', 'malformed', [['x-request-id', 'abc, def']]],
    ['of Latin-1 bytes', 'malformed', [['x-request-id', 'caf\xe9']]],
    [
      'sent twice',
      'duplicate',
      [
        ['x-request-id', 'abc'],
        ['X-Request-Id', 'def'],
      ],
    ],
  ]
  for (const [what, reason, headers] of bad) {
    behaviour(`a request id ${what} is replaced even from a trusted peer, and kept as a token`, async (bench) => {
      const { line, received } = await send(bench, headers)
      expect(line.remote?.reason).toBe(reason)
      expect(line.remote?.request_id_token).toMatch(/^p1_/)
      expect(line.request_id).toMatch(/^[0-9a-f-]{36}$/)
      expect(received).toContain(`x-request-id: ${line.request_id}\r\n`)
    })
  }

  behaviour('a request id of a peer nobody trusts is replaced, and kept as a token', async (bench) => {
    const { line } = await send(bench, [['x-request-id', 'abc']], {})
    expect(line.request_id).not.toBe('abc')
    expect(line.remote).toMatchObject({ reason: 'untrusted', request_id_token: expect.stringMatching(/^p1_/) })
  })

  behaviour('a forwarded address makes no peer trusted', async (bench) => {
    const headers: Headers = [
      ['x-forwarded-for', '10.0.0.1'],
      ['forwarded', 'for=10.0.0.1'],
      ['x-request-id', 'abc'],
    ]
    const { line } = await send(bench, headers, { trust: ['10.0.0.0/8'], proxies: ['127.0.0.0/8'] })
    expect(line.request_id).not.toBe('abc')
  })

  behaviour('a trust function that throws trusts nobody', async (bench) => {
    const trust = (): boolean => {
      throw new Error('deliberate')
    }
    const { line } = await send(bench, [['x-request-id', 'abc']], { trust })
    expect(line.remote?.reason).toBe('untrusted')
  })
}

const trace = '0af7651916cd43dd8448eb211c80319c'
const parent = 'b7ad6b7169203331'
const valid = `00-${trace}-${parent}-01`

function traceparents(behaviour: Behaviour): void {
  const continued: readonly (readonly [string, string, string])[] = [
    ['of version 00', valid, '01'],
    ['with no flag set', `00-${trace}-${parent}-00`, '00'],
    ['with the random flag', `00-${trace}-${parent}-03`, '03'],
    ['with unknown flags, which are zeroed', `00-${trace}-${parent}-ff`, '03'],
    ['of a higher version', `cc-${trace}-${parent}-01`, '01'],
    ['of a higher version with more behind it', `cc-${trace}-${parent}-01-what-the-future-holds`, '01'],
    ['with blanks around it', ` \t${valid}\t `, '01'],
  ]
  for (const [what, value, flags] of continued) {
    behaviour(`a trusted traceparent ${what} is continued`, async (bench) => {
      const { line } = await send(bench, [['traceparent', value]])
      expect(line.trace_id).toBe(trace)
      expect(line.trace_flags).toBe(flags)
      expect(line.span_id).not.toBe(parent)
    })
  }

  const restarted: readonly (readonly [string, Headers])[] = [
    ['in capitals', [['traceparent', valid.toUpperCase()]]],
    ['of version ff', [['traceparent', `ff-${trace}-${parent}-01`]]],
    ['of version 00 with more behind it', [['traceparent', `${valid}-what`]]],
    ['of a higher version with something else behind it', [['traceparent', `cc-${trace}-${parent}-01.what`]]],
    ['with a trace id of zeros', [['traceparent', `00-${'0'.repeat(32)}-${parent}-01`]]],
    ['with a parent id of zeros', [['traceparent', `00-${trace}-${'0'.repeat(16)}-01`]]],
    ['that is too short', [['traceparent', valid.slice(0, -1)]]],
    ['that is empty', [['traceparent', '']]],
    ['of Latin-1 bytes', [['traceparent', `00-${trace}-${parent}-0\xe9`]]],
    ['of 64 KB', [['traceparent', `${valid}-${'a'.repeat(64 * 1_024)}`]]],
    [
      'sent twice',
      [
        ['traceparent', valid],
        ['traceparent', valid],
      ],
    ],
  ]
  for (const [what, headers] of restarted) {
    behaviour(`a traceparent ${what} starts a new trace, without its tracestate`, async (bench) => {
      const { line, context } = await send(bench, [...headers, ['tracestate', 'foo=1']])
      expect(line.trace_id).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
      expect(line.trace_id).not.toBe(trace)
      expect(context.traceState).toBe('')
    })
  }

  behaviour('a traceparent of a peer nobody trusts starts a new trace and stays as a link', async (bench) => {
    const headers: Headers = [
      ['traceparent', valid],
      ['tracestate', 'foo=1'],
      ['baggage', 'a=1'],
    ]
    const { line, context } = await send(bench, headers, {})
    expect(line.trace_id).not.toBe(trace)
    expect(line.remote).toMatchObject({ reason: 'untrusted', trace_id: trace })
    expect(context.traceState).toBe('')
    expect(context.baggage).toBe('')
  })
}

function tracestates(behaviour: Behaviour): void {
  const member = (at: number): string => `k${at}=v`
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['one member is kept byte for byte', ['foo=bar baz/1'], 'foo=bar baz/1'],
    ['several headers are combined in order', ['a=1,b=2', 'c=3'], 'a=1,b=2,c=3'],
    ['32 members are kept', [Array.from({ length: 32 }, (_, at) => member(at)).join(',')], 'all'],
    ['33 members are dropped together', [Array.from({ length: 33 }, (_, at) => member(at)).join(',')], ''],
    ['a bad member drops the header', ['foo=1,BAD=2'], ''],
    ['a value of Latin-1 bytes drops the header', ['foo=caf\xe9'], ''],
  ]
  for (const [what, sent, kept] of rows) {
    behaviour(`tracestate: ${what}, and the trace goes on`, async (bench) => {
      const headers = sent.map((value) => ['tracestate', value] as const)
      const { line, context } = await send(bench, [['traceparent', valid], ...headers])
      expect(line.trace_id).toBe(trace)
      expect(
        context.traceState
          .split(',')
          .map((one) => one.trim())
          .join(','),
      ).toBe(kept === 'all' ? sent[0] : kept)
    })
  }

  behaviour('tracestate alone is dropped', async (bench) => {
    expect((await send(bench, [['tracestate', 'foo=1']])).context.traceState).toBe('')
  })
}

function baggage(behaviour: Behaviour): void {
  behaviour('baggage of a trusted peer is kept with its encoding and properties', async (bench) => {
    const value = 'user=caf%C3%A9;meta=1,plan=free'
    expect((await send(bench, [['baggage', value]])).context.baggage).toBe(value)
  })

  behaviour('baggage of 64 KB is cut to whole members of at most 8,192 bytes and 64 members', async (bench) => {
    const sent = Array.from({ length: 4_000 }, (_, at) => `key${at}=value${at}`)
    const { context } = await send(bench, [['baggage', sent.join(',')]])
    const kept = context.baggage === '' ? [] : context.baggage.split(',')
    expect(Buffer.byteLength(context.baggage)).toBeLessThanOrEqual(8_192)
    expect(kept.length).toBeLessThanOrEqual(64)
    expect(kept).toEqual(sent.slice(0, kept.length))
  })
}

function addresses(behaviour: Behaviour): void {
  const masked = async (
    { open }: Bench,
    forwarded: readonly string[],
    options: TrailOptions,
  ): Promise<string | undefined> => {
    const access = { verb: 'read', resource: 'thing' } as const
    const stage = await open({ options, routes: [{ path: '/ok', access, handle: (call) => call.answer(200, 'ok') }] })
    const connection = await stage.wire()
    const headers = forwarded.map((value) => ['x-forwarded-for', value] as const)
    connection.send(requestText('/ok', [...headers, ['connection', 'close']]))
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 200 /)
    await stage.onlyLine()
    return stage.records('data_access')[0]?.ip_address
  }
  const proxies = ['127.0.0.0/8', '10.0.0.0/8']

  behaviour('without proxies the address is the socket peer, whatever is forwarded', async (bench) => {
    expect(await masked(bench, ['203.0.113.9'], {})).toMatch(/^127\.0\.0\./)
  })

  behaviour('behind proxies the address is the first from the right that is none of them', async (bench) => {
    expect(await masked(bench, ['198.51.100.7, 203.0.113.9, 10.1.2.3'], { proxies })).toMatch(/^203\.0\.113\./)
  })

  behaviour('several forwarding headers are read as one list', async (bench) => {
    expect(await masked(bench, ['198.51.100.7', '203.0.113.9', '10.1.2.3'], { proxies })).toMatch(/^203\.0\.113\./)
  })

  const lies: readonly (readonly [string, string])[] = [
    ['words', 'unknown, not-an-address'],
    ['markup', '<script>alert(1)</script>'],
    ['nothing', ''],
    ['12,000 commas', ','.repeat(12_000)],
    ['an address that is none', '999.999.999.999'],
  ]
  for (const [what, value] of lies) {
    behaviour(`a proxy that forwards ${what} costs nothing but the address`, async (bench) => {
      expect((await masked(bench, [value], { proxies })) ?? '127.0.0.0').toMatch(/^127\.0\.0\./)
    })
  }
}
