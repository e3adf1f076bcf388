import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { RawRequest, RawResponse } from './exchange.ts'
import { aWhile, get, scene } from './hold-gate.fixture.ts'

/** Answers of which a client sees nothing before their result is durable. */
const whole: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
  'ended at once': (res) => res.end('body'),
  'with headers and an end': (res) => res.writeHead(200, { 'content-type': 'text/plain' }).end('body'),
  'in several pieces': (res) => {
    res.write('bo')
    res.write(Buffer.from('d'))
    res.end('y')
  },
  'of a stated length': (res) => {
    res.setHeader('content-length', 4)
    res.write('body')
    res.end()
  },
  'of no length': (res) => {
    res.writeHead(200, { 'content-length': '0' })
    res.flushHeaders()
    res.end()
  },
  'without a body by its status': (res) => res.writeHead(204).end(),
  'not modified, with a body that is not sent': (res) => {
    res.statusCode = 304
    res.flushHeaders()
    res.write('body')
    res.end()
  },
  'of a megabyte, in one piece': (res) => res.end(Buffer.alloc(1_048_576, 'z')),
}

describe('an answer', () => {
  for (const [what, respond] of Object.entries(whole)) {
    it(`${what} is held whole`, async () => {
      const one = await scene(respond)
      await aWhile()
      expect([one.peer.wire, one.sealed]).toEqual(['', 1])
      one.decide(true)
      expect(await one.peer.until(/^HTTP\/1\.1 [23]0\d .*\r\n\r\n/s)).toMatch(/keep-alive/)
    })
  }

  it('to HEAD is held whole, however much its handler writes', async () => {
    const respond = async (res: ServerResponse): Promise<void> => {
      res.setHeader('content-length', 400_000)
      res.flushHeaders()
      for (let i = 0; i < 40; i++) res.write(Buffer.alloc(10_000))
      res.end()
    }
    const one = await scene(respond, { request: 'HEAD / HTTP/1.1\r\nhost: test\r\n\r\n' })
    await aWhile()
    expect(one.peer.wire).toBe('')
    one.decide(true)
    expect(await one.peer.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-length: 400000\r\n.*\r\n\r\n$/is)
  })

  it('above 64 KiB in pieces is streamed, and its last chunk held', async () => {
    const one = await scene((res) =>
      pipeline(Readable.from(['a', 'b', 'c'].map((c) => c.repeat(100_000))), res, () => 0),
    )
    await one.peer.until(300_000)
    await aWhile()
    expect([one.sealed, one.res.writableEnded, one.res.writableFinished]).toEqual([1, true, false])
    expect(one.peer.wire.endsWith('\r\n0\r\n\r\n')).toBe(false)
    one.decide(true)
    await one.peer.until(/c\r\n0\r\n\r\n$/)
  })

  it('of a stated length above 64 KiB is streamed, and the piece that completes it held', async () => {
    const one = await scene((res) => {
      res.writeHead(200, { 'content-length': 300_000 })
      pipeline(Readable.from([1, 2, 3].map((n) => Buffer.alloc(100_000, String(n)))), res, () => 0)
    })
    await one.peer.until(200_000)
    await aWhile()
    expect([one.sealed, one.peer.wire.endsWith('2')]).toEqual([1, true])
    one.decide(true)
    expect(await one.peer.until(300_000)).toMatch(/3$/)
  })

  it('that takes its time is streamed after 100 ms', async () => {
    const one = await scene((res) => void res.write('the beginning'))
    expect(one.peer.wire).toBe('')
    await one.peer.until(/the beginning\r\n$/)
    one.res.end('the end')
    await one.peer.until(/the end\r\n$/)
    await aWhile()
    expect(one.peer.wire).not.toMatch(/\r\n0\r\n\r\n$/)
    one.decide(true)
    await one.peer.until(/\r\n0\r\n\r\n$/)
  })

  it('whose headers are flushed is streamed at once, event by event', async () => {
    const one = await scene((res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.flushHeaders()
    })
    await one.peer.until(/text\/event-stream.*\r\n\r\n$/s)
    for (const event of ['one', 'two', 'three']) {
      one.res.write(`data: ${event}\n\n`)
      await one.peer.until(new RegExp(`data: ${event}\n\n\r\n$`))
    }
    expect(one.sealed).toBe(0)
  })

  it('that is complete by its length and never ended is sealed all the same', async () => {
    const one = await scene((res) => {
      res.setHeader('content-length', 4)
      res.write('body')
    })
    one.decide(true)
    await one.peer.until(/\r\n\r\nbody$/)
    expect(one.res.writableEnded).toBe(false)
    one.res.end()
    expect(one.sealed).toBe(1)
  })

  it('to a client without chunks ends with the connection, which stays open meanwhile', async () => {
    const request = 'GET / HTTP/1.0\r\n\r\n'
    const one = await scene((res) => pipeline(Readable.from(['a'.repeat(70_000), 'b']), res, () => 0), { request })
    await one.peer.until(/ab$/)
    await aWhile()
    expect(one.peer.wire).toMatch(/ab$/)
    one.decide(true)
    await one.peer.until(/ab\(end\)$/)
  })

  it('may be announced by early hints, which are no answer', async () => {
    const one = await scene((res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload' })
      res.end('body')
    })
    await one.peer.until(/^HTTP\/1\.1 103 Early Hints\r\n.*\r\n\r\n$/is)
    await aWhile()
    expect(one.peer.wire).not.toContain('200')
    one.decide(true)
    await one.peer.until(/200 OK[\s\S]*body$/)
  })

  it('keeps its trailers', async () => {
    const one = await scene((res) => {
      res.setHeader('trailer', 'x-sum')
      res.write('body')
      res.addTrailers({ 'x-sum': '4' })
      res.end()
    })
    one.decide(true)
    await one.peer.until(/4\r\nbody\r\n0\r\nx-sum: 4\r\n\r\n$/)
  })

  it('waits where its reader is slow, and goes on when it reads', async () => {
    const one = await scene((res) => {
      pipeline(Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536, 'q'))), res, () => 0)
    })
    one.peer.socket.pause()
    await setTimeout(150)
    expect(one.res.writableLength).toBeLessThan(2 * 1_048_576)
    expect(one.sealed).toBe(0)
    one.decide(true)
    one.peer.socket.resume()
    await one.peer.until(/\r\n0\r\n\r\n$/)
    expect(one.peer.wire.match(/q/g)).toHaveLength(200 * 65_536)
  })

  it('of a pipelined request that is complete first waits for its turn', async () => {
    const answers: ServerResponse[] = []
    const one = await scene((res) => void answers.push(res), { request: get + get + get })
    while (answers.length < 3) await aWhile()
    answers[1]?.end('second')
    answers[2]?.end('third')
    answers[0]?.end('first')
    await aWhile()
    expect(one.peer.wire).toBe('')
    one.decide(true)
    await one.peer.until(/first$/)
    await aWhile()
    expect(one.peer.wire).not.toContain('second')
    one.gates[2]?.decide(true)
    one.gates[1]?.decide(true)
    await one.peer.until(/first[\s\S]*second[\s\S]*third$/)
  })

  it('whose client leaves is forgotten', async () => {
    const one = await scene((res) => void res.end('body'))
    await aWhile()
    const closed = once(one.res, 'close')
    one.peer.socket.destroy()
    await closed
    one.decide(true)
    await aWhile()
    expect([one.res.writableFinished, one.res.headersSent, one.broken]).toEqual([false, false, []])
  })

  it('is forgotten while it is gathered, and its handler goes on undisturbed', async () => {
    const one = await scene((res) => void res.write('the beginning'))
    const closed = once(one.res, 'close')
    one.peer.socket.destroy()
    await closed
    one.res.write('more')
    one.res.end('the end')
    await setTimeout(130)
    expect([one.sealed, one.broken]).toEqual([0, []])
  })
})

describe('an answer that is refused', () => {
  const instead = (_req: RawRequest, res: RawResponse): void => {
    res.statusCode = 503
    res.setHeader('content-type', 'text/plain')
    Reflect.apply(res.end, res, ['instead'])
  }

  for (const [what, respond] of Object.entries(whole)) {
    it(`${what} is replaced, and the connection usable`, async () => {
      const one = await scene(respond, { answerRefused: instead })
      one.decide(false)
      const wire = await one.peer.until(/instead$|304[\s\S]*\r\n\r\n$/)
      expect(wire).toMatch(/^HTTP\/1\.1 503 [\s\S]*keep-alive[\s\S]*instead$/)
      expect(wire).not.toContain('body')
      one.res.end('more')
      one.res.write('more')
      await aWhile()
      expect([one.refusals, one.broken]).toEqual([[false], []])
      expect(one.peer.wire).toBe(wire)
    })
  }

  it('is cut off when its beginning was sent', async () => {
    const one = await scene((res) => {
      res.flushHeaders()
      res.end('body')
    })
    await one.peer.until(/body\r\n$/)
    one.decide(false)
    await one.peer.closed
    expect(one.peer.wire).not.toMatch(/\r\n0\r\n\r\n/)
    expect(one.refusals).toEqual([true])
  })

  it('is reset where an end of the connection would be its end', async () => {
    const request = 'GET / HTTP/1.0\r\n\r\n'
    const one = await scene(
      (res) => {
        res.flushHeaders()
        res.end('body')
      },
      { request },
    )
    await one.peer.until(/body$/)
    one.decide(false)
    await one.peer.closed
    expect(one.peer.wire).toMatch(/body\(reset\)$/)
  })

  it('still tells its handler that the response is over', async () => {
    let told = 0
    const one = await scene((res) => void res.end('body', () => told++), { answerRefused: instead })
    one.decide(false)
    await one.peer.until(/instead$/)
    await aWhile()
    expect(told).toBe(1)
  })
})
