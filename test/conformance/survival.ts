/**
 * The survival matrix: in which places the context of a request is still there, and still that request's own.
 *
 * Every row asks `currentContext()` where applications have been seen to lose it, and compares with the id the client got.
 */
import { AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { bind, bindEmitter, currentContext, wrapCallbacks } from '@trailmark/core'
import { expect } from 'vitest'
import type { Call, Route } from './application.ts'
import { idsIn, requestText } from './client.ts'
import type { Stage } from './stage.ts'
import type { Behaviour } from './suite.ts'

const binary = 'application/octet-stream'

/** Collects what the ambient context was, by place. */
class Seen {
  readonly places = new Map<string, (string | undefined)[]>()
  at = (place: string): void => {
    this.places.set(place, [...(this.places.get(place) ?? []), currentContext()?.requestId])
  }
  /** Fails unless every place was reached, and every time with this id. */
  expectOnly(id: string, ...places: readonly string[]): void {
    expect([...this.places.keys()].sort()).toEqual([...places].sort())
    for (const [place, ids] of this.places) expect([place, ...new Set(ids)]).toEqual([place, id])
  }
}

export function survival(behaviour: Behaviour): void {
  bodies(behaviour)
  endings(behaviour)
  departures(behaviour)
  company(behaviour)
  repairs(behaviour)
}

function bodies(behaviour: Behaviour): void {
  behaviour('after a JSON body parser', async ({ open }) => {
    const seen = new Seen()
    const handle = (call: Call): void => {
      expect(call.body).toEqual({ a: 1 })
      seen.at('handler')
      call.answer(200, 'ok')
    }
    const stage = await open({ routes: [{ method: 'POST', path: '/json', handle }] })
    const { id, status } = await stage.askJson('/json', { a: 1 })
    expect(status).toBe(200)
    seen.expectOnly(id, 'handler')
  })

  behaviour('after a multipart body parser', async ({ open }) => {
    const seen = new Seen()
    const handle = (call: Call): void => {
      expect(call.body).toMatchObject({ a: '1' })
      seen.at('handler')
      call.answer(200, 'ok')
    }
    const stage = await open({ routes: [{ method: 'POST', path: '/form', handle }] })
    const boundary = 'ab12'
    const body = `--${boundary}\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--${boundary}--\r\n`
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    const { id, status } = await stage.ask('/form', { method: 'POST', headers, body })
    expect(status).toBe(200)
    seen.expectOnly(id, 'handler')
  })

  const readers: readonly (readonly [string, (call: Call, seen: Seen) => Promise<void>, readonly string[]])[] = [
    [
      'inside for await (req)',
      async ({ req }, seen) => {
        for await (const _ of req) seen.at('chunk')
        seen.at('after')
      },
      ['chunk', 'after'],
    ],
    [
      "in req.on('data') and req.on('end')",
      ({ req }, seen) =>
        new Promise((resolve) => {
          req.on('data', () => seen.at('data'))
          req.on('end', () => {
            seen.at('end')
            resolve()
          })
        }),
      ['data', 'end'],
    ],
    [
      'in the callback of a pipeline from the request',
      ({ req }, seen) =>
        new Promise((resolve) => {
          pipeline(
            req,
            async (source: AsyncIterable<unknown>) => {
              for await (const _ of source) seen.at('sink')
            },
            () => {
              seen.at('callback')
              resolve()
            },
          )
        }),
      ['sink', 'callback'],
    ],
  ]
  for (const [where, read, places] of readers) {
    behaviour(where, async ({ open }) => {
      const seen = new Seen()
      const handle = async (call: Call): Promise<void> => {
        await read(call, seen)
        call.answer(200, 'ok')
      }
      const stage = await open({ routes: [{ method: 'POST', path: '/raw', handle }] })
      const connection = await stage.wire()
      const headers = [
        ['content-type', binary],
        ['content-length', '6'],
        ['connection', 'close'],
      ] as const
      connection.send(`${requestText('/raw', headers, 'POST')}abc`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      connection.send('def')
      const [id = ''] = idsIn(await connection.closed())
      seen.expectOnly(id, ...places)
    })
  }
}

function endings(behaviour: Behaviour): void {
  behaviour("in res 'finish' and 'close', and in req 'close'", async ({ open }) => {
    const seen = new Seen()
    const handle = (call: Call): void => {
      call.res.on('finish', () => seen.at('finish'))
      call.res.on('close', () => seen.at('res close'))
      call.req.on('close', () => seen.at('req close'))
      call.answer(200, 'ok')
    }
    const stage = await open({ routes: [{ path: '/ends', handle }] })
    const { id } = await stage.ask('/ends')
    await stage.end()
    seen.expectOnly(id, 'finish', 'res close', 'req close')
  })

  behaviour('in the callback of a pipeline to the response', async ({ open }) => {
    const seen = new Seen()
    const handle = (call: Call): void => {
      pipeline(Readable.from(['a', 'b']), call.raw(), () => seen.at('callback'))
    }
    const stage = await open({ routes: [{ path: '/pipe', handle }] })
    const { id } = await stage.ask('/pipe')
    await stage.end()
    seen.expectOnly(id, 'callback')
  })

  behaviour('while a stream the framework sends is read', async ({ open }) => {
    const seen = new Seen()
    const body = (): Readable =>
      Readable.from(
        (async function* () {
          for (const part of ['a', 'b', 'c']) {
            await new Promise((resolve) => setImmediate(resolve))
            seen.at('generator')
            yield part
          }
        })(),
      )
    const stage = await open({ routes: [{ path: '/stream', handle: (call) => call.stream(body()) }] })
    const answer = await stage.ask('/stream')
    expect(answer.body).toBe('abc')
    seen.expectOnly(answer.id, 'generator')
  })

  behaviour('in listeners that were added before the audit was mounted', async ({ open }) => {
    const seen = new Seen()
    const stage = await open({
      routes: [{ path: '/ok', handle: (call) => call.answer(200, 'ok') }],
      before: (req, res) => {
        res.on('finish', () => seen.at('finish'))
        res.on('close', () => seen.at('res close'))
        req.on('close', () => seen.at('req close'))
      },
    })
    const { id } = await stage.ask('/ok')
    await stage.end()
    seen.expectOnly(id, 'finish', 'res close', 'req close')
  })

  behaviour("in the application's own error handler", async ({ open }) => {
    const seen = new Seen()
    const handle = async (): Promise<never> => {
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('deliberate')
    }
    const routes = [{ path: '/fails', handle }]
    const stage = await open({ routes, ownErrors: 'ours', observe: (hook) => seen.at(hook) })
    const { id, status } = await stage.ask('/fails')
    await stage.end()
    expect(status).toBe(418)
    expect(seen.places.get('own error handler')).toEqual([id])
  })

  behaviour("in the framework's own hooks for errors and for the end", async ({ open, harness }) => {
    const seen = new Seen()
    const handle = (): never => {
      throw new Error('deliberate')
    }
    const stage = await open({ routes: [{ path: '/fails', handle }], observe: (hook) => seen.at(hook) })
    const { id } = await stage.ask('/fails')
    await stage.end()
    seen.expectOnly(id, ...[harness.hooks.failed, harness.hooks.done].filter((hook) => hook !== undefined))
  })
}

/** A route that begins its answer, or does not, and never ends it; what listens is in `watch`. */
function openEnded(begin: boolean, watch: (call: Call) => void): Route {
  return {
    path: '/open',
    handle: (call) => {
      const res = call.raw()
      watch(call)
      res.on('error', () => undefined)
      if (begin) res.write('the beginning')
    },
  }
}

function departures(behaviour: Behaviour): void {
  for (const [when, begin] of [
    ['before the headers', false],
    ['in the middle of the body', true],
  ] as const) {
    behaviour(`in 'close' and 'aborted' when the client leaves ${when}`, async ({ open }) => {
      const seen = new Seen()
      let reached = false
      const watch = (call: Call): void => {
        call.req.on('aborted', () => seen.at('aborted'))
        call.req.on('close', () => seen.at('req close'))
        call.res.on('close', () => seen.at('res close'))
        reached = true
      }
      const early = (req: IncomingMessage): void => void req.on('close', () => seen.at('early close'))
      const stage = await open({ routes: [openEnded(begin, watch)], before: early })
      const connection = await stage.wire()
      connection.send(requestText('/open'))
      await (begin ? connection.until(/the beginning/) : stage.until(() => reached))
      connection.reset()
      await stage.until(() => stage.lines().length > 0)
      const line = await stage.onlyLine()
      seen.expectOnly(line.request_id, 'aborted', 'req close', 'res close', 'early close')
    })
  }

  behaviour("in the framework's own hook for a client that left", async ({ open, harness }) => {
    const seen = new Seen()
    let reached = false
    const watch = (): void => {
      reached = true
    }
    const stage = await open({ routes: [openEnded(false, watch)], observe: (hook) => seen.at(hook) })
    const connection = await stage.wire()
    connection.send(requestText('/open'))
    await stage.until(() => reached)
    connection.reset()
    await stage.until(() => stage.lines().length > 0)
    const line = await stage.onlyLine()
    for (const ids of seen.places.values()) expect(new Set(ids)).toEqual(new Set([line.request_id]))
    if (harness.hooks.aborted !== undefined) expect([...seen.places.keys()]).toContain(harness.hooks.aborted)
  })

  behaviour('when the server gives an idle connection up', async ({ open, harness }) => {
    const seen = new Seen()
    const watch = (call: Call): void => {
      call.res.on('close', () => seen.at('res close'))
      call.req.on('close', () => seen.at('req close'))
    }
    const handle = (call: Call): Promise<void> => {
      watch(call)
      return new Promise(() => undefined)
    }
    const stage = await open({ routes: [{ path: '/open', handle }], observe: (hook) => seen.at(hook) })
    stage.server.setTimeout(60)
    const connection = await stage.wire()
    connection.send(requestText('/open'))
    await connection.closed()
    await stage.until(() => stage.lines().length > 0)
    const line = await stage.onlyLine()
    for (const [place, ids] of seen.places) expect([place, ...new Set(ids)]).toEqual([place, line.request_id])
    for (const place of ['res close', 'req close', harness.hooks.timedOut ?? 'res close']) {
      expect([...seen.places.keys()]).toContain(place)
    }
  })

  behaviour("a 'clientError' listener is given no other request's context", async ({ open }) => {
    const seen = new Seen()
    const stage = await open({ routes: [{ path: '/ok', handle: (call) => call.answer(200, 'ok') }] })
    const ended = new Promise<void>((resolve) => {
      stage.server.prependListener('clientError', (_error, socket) => {
        seen.at('clientError')
        if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
        resolve()
      })
    })
    const connection = await stage.wire()
    connection.send(requestText('/ok'))
    const [id = ''] = idsIn(await connection.until(/ok$/))
    connection.send('this is no HTTP\r\n\r\n')
    await ended
    await connection.closed()
    expect(seen.places.get('clientError')).not.toContain(id)
    await stage.onlyLine()
  })
}

function company(behaviour: Behaviour): void {
  behaviour('from one request to the next on a kept-alive connection', async ({ open }) => {
    const inside: (string | undefined)[] = []
    const between: (string | undefined)[] = []
    const handle = (call: Call): void => {
      inside.push(currentContext()?.requestId)
      call.answer(200, 'ok')
    }
    const stage = await open({
      routes: [{ path: '/ok', handle }],
      before: () => void between.push(currentContext()?.requestId),
    })
    const connection = await stage.wire()
    for (let i = 1; i <= 10; i++) {
      connection.send(requestText('/ok'))
      await connection.until(new RegExp(`(?:HTTP/1\\.1 200[^]*?\\r\\n\\r\\nok){${i}}`))
    }
    expect(inside).toEqual(idsIn(connection.received()))
    // Before the audit runs there is no context yet, and above all not the one of the request before.
    expect(new Set(between)).toEqual(new Set([undefined]))
  })

  behaviour('through 1,000 interleaved requests over 50 connections, none lost and none crossed', async ({ open }) => {
    const crossed: string[] = []
    const handle = async (call: Call): Promise<void> => {
      const own = currentContext()?.requestId
      const check = (place: string): void => {
        if (own === undefined || currentContext()?.requestId !== own) crossed.push(place)
      }
      call.res.on('finish', () => check('finish'))
      call.res.on('close', () => check('close'))
      await new Promise((resolve) => setTimeout(resolve, Number(call.params.ms)))
      check('timer')
      await Promise.all([1, 2].map(() => new Promise((resolve) => setImmediate(resolve))))
      check('all')
      call.answer(200, `<${own}>`)
    }
    const stage = await open({ routes: [{ path: '/after/:ms', handle }] })
    const connections = await Promise.all(Array.from({ length: 50 }, () => stage.wire()))
    await Promise.all(
      connections.map(async (connection, at) => {
        for (let i = 1; i <= 20; i++) {
          connection.send(requestText(`/after/${(at * 7 + i * 3) % 5}`))
          await connection.until(new RegExp(`(?:<[^>]*>[^<]*){${i}}$`))
        }
      }),
    )
    const received = connections.map((connection) => connection.received()).join('')
    const told = idsIn(received)
    const bodies = [...received.matchAll(/<([^>]*)>/g)].map((match) => match[1])
    const lines = await stage.end()
    expect(crossed).toEqual([])
    expect(bodies).toEqual(told)
    expect(new Set(told).size).toBe(1_000)
    expect(lines).toHaveLength(1_000)
    expect(new Set(lines.map((line) => line.request_id))).toEqual(new Set(told))
  })
}

/** A pool as libraries build them: its one connection is opened inside the first request, and calls back from there. */
class Pool {
  #resource: AsyncResource | undefined
  query(done: (rows: number) => void): void {
    this.#resource ??= new AsyncResource('Connection')
    const resource = this.#resource
    setTimeout(() => resource.runInAsyncScope(done, undefined, 1), 5).unref()
  }
}

async function idsOfTwo(stage: Stage, path: string): Promise<readonly [string, string]> {
  const first = await stage.ask(path)
  const second = await stage.ask(path)
  return [first.id, second.id]
}

function repairs(behaviour: Behaviour): void {
  behaviour('in the close of the raw socket, with bind', async ({ open }) => {
    const seen = new Seen()
    let handled = false
    const handle = (call: Call): void => {
      call.req.socket.on(
        'close',
        bind(() => seen.at('socket close')),
      )
      call.answer(200, 'ok')
      handled = true
    }
    const stage = await open({ routes: [{ path: '/ok', handle }] })
    const connection = await stage.wire()
    connection.send(requestText('/ok'))
    const [id = ''] = idsIn(await connection.until(/ok$/))
    expect(handled).toBe(true)
    connection.socket.destroy()
    await stage.until(() => seen.places.size > 0)
    seen.expectOnly(id, 'socket close')
  })

  for (const repair of ['bind', 'wrapCallbacks'] as const) {
    behaviour(`in a pooled callback, with ${repair}`, async ({ open }) => {
      const pool = new Pool()
      if (repair === 'wrapCallbacks') wrapCallbacks(pool, ['query'])
      const ids: (string | undefined)[] = []
      const handle = (call: Call): Promise<void> =>
        new Promise((resolve) => {
          const done = (): void => {
            ids.push(currentContext()?.requestId)
            call.answer(200, 'ok')
            resolve()
          }
          pool.query(repair === 'bind' ? bind(done) : done)
        })
      const stage = await open({ routes: [{ path: '/pooled', handle }] })
      const told = await idsOfTwo(stage, '/pooled')
      expect(ids).toEqual(told)
    })
  }

  behaviour(
    'in a pooled callback nobody repaired, the record is still that of the request it names',
    async ({ open }) => {
      const pool = new Pool()
      const handle = (call: Call): Promise<void> =>
        new Promise((resolve) => {
          pool.query(() => {
            audit.record('data_access', { targets: [{ type: 'row' }], request: call.req })
            call.answer(200, 'ok')
            resolve()
          })
        })
      const stage = await open({ routes: [{ path: '/pooled', handle }] })
      const { audit } = stage
      const told = await idsOfTwo(stage, '/pooled')
      await stage.end()
      expect(stage.records('data_access').map((record) => record.request_id)).toEqual(told)
      expect(audit.health().counts.contextMismatch).toBe(1)
    },
  )

  behaviour('in listeners on a foreign emitter, with bindEmitter', async ({ open }) => {
    const bus = bindEmitter(new EventEmitter())
    const ids: (string | undefined)[] = []
    const handle = (call: Call): Promise<void> =>
      new Promise((resolve) => {
        bus.once('tick', () => {
          ids.push(currentContext()?.requestId)
          call.answer(200, 'ok')
          resolve()
        })
        setTimeout(outside, 5)
      })
    // Made outside of any request, as by a broker's connection.
    const outside = AsyncResource.bind(() => void bus.emit('tick'))
    const stage = await open({ routes: [{ path: '/bus', handle }] })
    const told = await idsOfTwo(stage, '/bus')
    expect(ids).toEqual(told)
  })
}
