import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrubber } from './scrub.ts'
import { scrubLines } from './stream.ts'
import { type LineFormat, scrubLine } from './stream-line.ts'
import { LineProof } from './stream-proof.ts'

async function through(chunks: readonly (Buffer | string)[], format: LineFormat = 'auto') {
  const stream = scrubLines({ scrubber, format, counting: true })
  const bytes = await buffer(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(stream))
  return { text: bytes.toString(), account: stream.account }
}

describe('scrubLines', () => {
  test('scrubs JSON lines as values, other lines as texts, and passes on the rest', async () => {
    const lines = [
      '{"level":30,"msg":"ready"}',
      '{"password":"hunter2","n":1}',
      'login of alice@example.com',
      '',
      'plain',
    ]
    const { text, account } = await through([lines.join('\n')])
    expect(text).toBe('{"level":30,"msg":"ready"}\n{"password":"[secret]","n":1}\nlogin of [email]\n\nplain')
    expect(account).toMatchObject({ lines: 5, changed: 2, withheld: 0 })
    expect(Object.keys(account.removed).length).toBeGreaterThanOrEqual(2)
  })

  test('keeps CRLF, a missing last line end, and characters split between chunks', async () => {
    const bytes = Buffer.from('{"a":1}\r\nm\u00fcller@example.com\r\n\u20ac password=x')
    const expected = '{"a":1}\r\n[email]\r\n\u20ac password=[secret]'
    for (let cut = 0; cut <= bytes.length; cut++)
      expect((await through([bytes.subarray(0, cut), bytes.subarray(cut)])).text).toBe(expected)
  })

  test('withholds a line longer than 1 MiB with its size, in one piece or many', async () => {
    const long = Buffer.alloc(1_200_000, 'password=x ')
    for (const chunks of [
      [long, '\nnext'],
      [long.subarray(0, 700_000), long.subarray(700_000), '\nnext'],
      [Buffer.concat([long, Buffer.from('\nnext')])],
    ]) {
      const { text, account } = await through(chunks)
      expect(text).toMatch(/^\[withheld line 120000[01] B\]\nnext$/)
      expect(account.withheld).toBe(1)
    }
  })

  test('withholds lines that are no JSON where JSON is promised, and reads JSON as text where text is', async () => {
    expect((await through(['{"a":1}\nhello\n'], 'json')).text).toBe('{"a":1}\n[withheld line 5 B]\n')
    expect((await through(['a NUL \0 in it\n'], 'text')).text).toBe('a NUL  in it\n')
  })

  test('waits for a slow reader', async () => {
    const stream = scrubLines({ scrubber })
    const source = new PassThrough()
    source.pipe(stream)
    const line = Buffer.from(`${JSON.stringify({ level: 30, text: 'abc '.repeat(20) })}\n`)
    let accepted = 0
    while (accepted < 100_000 && source.write(line)) accepted += 1
    expect(accepted).toBeLessThan(100_000)
    source.end()
    expect((await buffer(stream)).length).toBe(line.length * (accepted + 1))
  })
})

describe('the proof', () => {
  const name = fc.constantFrom(
    'level',
    'time',
    'msg',
    'name',
    'value',
    'user',
    'id',
    'password',
    'headers',
    'cookie',
    'req',
    'res',
    'url',
    'status',
    'data',
    'body',
    'type',
    'key',
    'email',
    'field',
    'before',
    'city',
    'traceId',
    'query',
    'lat',
    'error',
    'stack',
    '__proto__',
    '1',
    'x-api-key',
    'authorization',
    'card',
  )
  const leaf = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.uuid(),
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      'password',
      'token',
      'GET',
      'ready',
      'alice',
      'Alice Smith',
      'a@b.co',
      '/users/7',
      '4bf92f3577b34da6a3ce929d0e0e4736',
      '4111111111111111',
      'Bearer abcdef12',
      '2024-06-01T12:00:00.123Z',
      '416c696365206c69766573206865726521'.slice(0, 32),
    ),
    fc.constantFrom(4111111111111111, 1717243200123, 5551234567),
    fc.stringMatching(/^[0-9a-f]{16}$/),
    fc.stringMatching(/^[2-7][0-9a-f](?:[2-7][0-9a-f]){15}$/),
  )
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      leaf,
      fc.dictionary(name, tie('value'), { maxKeys: 5 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }))
  const line = fc.dictionary(name, value, { maxKeys: 7 }).map((one) => JSON.stringify(one))

  test('holds only for lines that come back as they are', () => {
    // One for all runs: what it learned from one line must hold for every other.
    const proof = new LineProof(scrubber)
    fc.assert(
      fc.property(line, (one) => {
        const bytes = Buffer.from(one)
        for (let i = 0; i < 2; i++)
          if (proof.proves(bytes, 0, bytes.length))
            expect(JSON.parse(scrubLine(one, 'auto', scrubber))).toEqual(JSON.parse(one))
      }),
      { numRuns: 3_000, examples: [['{"user":false,"name":"2024-06-01T12:00:00.123Z"}']] },
    )
  })

  test('holds for the lines of an ordinary service', () => {
    const proof = new LineProof(scrubber)
    for (const value of [
      { level: 30, time: 1717243200123, pid: 7, hostname: 'web-1', msg: 'request completed' },
      {
        level: 'info',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        requestId: '550e8400-e29b-41d4-a716-446655440000',
        status: 200,
        durationMs: 12.5,
      },
    ]) {
      const bytes = Buffer.from(JSON.stringify(value))
      expect(proof.proves(bytes, 0, bytes.length)).toBe(true)
    }
  })
})
