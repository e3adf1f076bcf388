import type { ServerResponse } from 'node:http'
import * as http2 from 'node:http2'
import { createGzip, gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answerProblem } from './answer.ts'
import { hold } from './hold.ts'
import { aWhile, type Gate, gate, scene } from './hold-gate.fixture.ts'
import type { Answer } from './hold-inner.ts'
import { portOf, withoutFraming } from './hold-script.fixture.ts'
import { problemFor } from './problem.ts'

/** As the usual middleware does it: both functions go through a stream, and the headers change with the first piece. */
function compress(res: ServerResponse): void {
  const answer: Answer = res
  const { write, end } = answer
  const gzip = createGzip()
  gzip.on('data', (chunk) => write.call(res, chunk))
  gzip.on('end', () => end.call(res))
  const begin = (): void => {
    if (res.headersSent) return
    res.setHeader('content-encoding', 'gzip')
    res.removeHeader('content-length')
    res.writeHead(res.statusCode)
  }
  answer.write = (chunk) => {
    begin()
    return gzip.write(chunk)
  }
  answer.end = (chunk) => {
    begin()
    if (chunk !== undefined) gzip.write(chunk)
    gzip.end()
    return res
  }
}

/** As sessions do it: the end waits for a store, and a cookie is set just before the headers go. */
function keepSession(res: ServerResponse): void {
  const answer: Answer = res
  const { end, writeHead } = answer
  answer.writeHead = (...given) => {
    res.setHeader('set-cookie', 'sid=1')
    return writeHead.apply(res, given)
  }
  answer.end = (...given) => {
    setTimeout(() => end.apply(res, given), 5)
    return res
  }
}

function unzipped(wire: string): string {
  const [, body = ''] = /\r\n\r\n([\s\S]*?)\r\n\r\n$/.exec(withoutFraming(wire)) ?? []
  return gunzipSync(Buffer.from(body, 'latin1')).toString()
}

const answers: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
  'in one piece': (res) => res.end('the body'),
  'of a stated length': (res) => {
    res.setHeader('content-length', 8)
    res.end('the body')
  },
  'in pieces': (res) => {
    res.write('the ')
    res.end('body')
  },
}

describe('an answer that is held and compressed', () => {
  for (const [what, respond] of Object.entries(answers)) {
    for (const side of ['before', 'after'] as const) {
      it(`${what} is complete only when released, where compression was mounted ${side} the hold`, async () => {
        const one = await scene(
          (res) => {
            if (side === 'after') compress(res)
            respond(res)
          },
          side === 'before' ? { before: (_req, res) => compress(res) } : {},
        )
        await aWhile()
        expect([one.peer.wire, one.sealed]).toEqual(['', 1])
        one.decide(true)
        const wire = await one.peer.until(/\r\n0\r\n\r\n$/)
        expect(wire).toMatch(/content-encoding: gzip/)
        expect(unzipped(wire)).toBe('the body')
      })

      it(`${what} is replaced in full, where compression was mounted ${side} the hold`, async () => {
        const one = await scene(
          (res) => {
            if (side === 'after') compress(res)
            respond(res)
          },
          {
            ...(side === 'before' && { before: (_req, res) => compress(res) }),
            answerRefused: (req, res) => answerProblem(req, res, problemFor(undefined, 'r1', 503)),
          },
        )
        one.decide(false)
        const wire = await one.peer.until(/\}$|\r\n0\r\n\r\n$/)
        expect(wire).toMatch(/^HTTP\/1\.1 503/)
        expect(side === 'before' ? unzipped(wire) : wire).toMatch(/"request_id":"r1"\}$/)
      })
    }
  }
})

describe('an answer that is held and whose session is kept', () => {
  for (const side of ['before', 'after'] as const) {
    it(`has its cookie, where sessions were mounted ${side} the hold`, async () => {
      const one = await scene(
        (res) => {
          if (side === 'after') keepSession(res)
          res.end('the body')
        },
        side === 'before' ? { before: (_req, res) => keepSession(res) } : {},
      )
      await aWhile()
      expect(one.peer.wire).toBe('')
      one.decide(true)
      await one.peer.until(/set-cookie: sid=1[\s\S]*the body$/)
    })
  }
})

interface Http2Answer {
  readonly made: Gate
  /** What came, in its order. */
  readonly got: readonly string[]
  readonly closed: Promise<number | undefined>
}

async function overHttp2(respond: (res: http2.Http2ServerResponse) => unknown): Promise<Http2Answer> {
  const met = Promise.withResolvers<Gate>()
  const server = http2.createServer((req, res) => {
    const made = gate(req, res, () => answerProblem(req, res, problemFor(undefined, 'r1', 503)))
    const held = hold(req, res, made.options)
    res.on('close', () => held.closed())
    met.resolve(made)
    respond(res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = http2.connect(`http://127.0.0.1:${portOf(server)}`)
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  const stream = session.request({ ':path': '/' })
  const got: string[] = []
  stream.setEncoding('utf8')
  stream.on('response', (headers) => got.push(String(headers[':status'])))
  stream.on('data', (text) => got.push(String(text)))
  stream.on('end', () => got.push('end'))
  stream.on('error', () => undefined)
  const closed = new Promise<number | undefined>((resolve) => stream.on('close', () => resolve(stream.rstCode)))
  return { made: await met.promise, got, closed }
}

describe('an answer that is held over HTTP/2', () => {
  it('is held whole', async () => {
    const { made, got, closed } = await overHttp2((res) => res.end('body'))
    await aWhile()
    expect([...got]).toEqual([])
    made.decide(true)
    expect(await closed).toBe(0)
    expect(got).toEqual(['200', 'body', 'end'])
  })

  it('has no end before its release, once it is streamed', async () => {
    const { made, got, closed } = await overHttp2((res) => {
      res.writeHead(200)
      res.write('x'.repeat(70_000))
      res.end()
    })
    await aWhile()
    expect(got.join('')).toHaveLength(70_003)
    made.decide(true)
    expect(await closed).toBe(0)
    expect(got.at(-1)).toBe('end')
  })

  it('is replaced when it is refused', async () => {
    const { made, got, closed } = await overHttp2((res) => res.end('body'))
    made.decide(false)
    expect(await closed).toBe(0)
    expect(got[0]).toBe('503')
    expect(got.join('')).toContain('"request_id":"r1"')
  })

  it('is broken off with INTERNAL_ERROR when it is refused after its beginning', async () => {
    const { made, got, closed } = await overHttp2((res) => {
      res.write('x'.repeat(70_000))
      res.end()
    })
    await aWhile()
    made.decide(false)
    expect(await closed).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR)
    expect(got).not.toContain('end')
  })
})
