/** The survival matrix where many requests share what they run on, and what repairs the places nobody can keep for them. */
import { AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { bind, bindEmitter, currentContext, wrapCallbacks } from '@trailmark/core'
import { expect } from 'vitest'
import type { Call } from './application.ts'
import { idsIn, requestText } from './client.ts'
import { Seen } from './seen.ts'
import type { Stage } from './stage.ts'
import type { Behaviour } from './suite.ts'

export function survivalInCompany(behaviour: Behaviour): void {
  company(behaviour)
  repairs(behaviour)
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
