/**
 * The survival matrix: in which places the context of a request is still there, and still that request's own.
 *
 * Every row asks `currentContext()` where applications have been seen to lose it, and compares with the id the client got.
 */
import { pipeline, Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Call } from './application.ts'
import { idsIn, requestText } from './client.ts'
import { Seen } from './seen.ts'
import type { Behaviour } from './suite.ts'
import { survivalInCompany } from './survival-company.ts'
import { survivalOfDepartures } from './survival-departures.ts'

const binary = 'application/octet-stream'

export function survival(behaviour: Behaviour): void {
  bodies(behaviour)
  endings(behaviour)
  survivalOfDepartures(behaviour)
  survivalInCompany(behaviour)
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
